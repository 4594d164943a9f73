/** Copies text, and says on the button whether it went well. */
import type { App } from '../state/app';
import { h } from '../ui/dom';

const SAID_MS = 1600;

/** The clipboard needs a secure origin; on a plain intranet address the old way is the only one. */
export async function copyText(
  { t }: App,
  button: HTMLElement,
  label: string,
  text: string,
): Promise<void> {
  let copied = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h('textarea', { class: 'sr-only' }, text);
    document.body.append(area);
    area.select();
    copied = document.execCommand('copy');
    area.remove();
  }
  button.textContent = t(copied ? 'answer.copied' : 'answer.notCopied');
  window.setTimeout(() => {
    button.textContent = label;
  }, SAID_MS);
}
