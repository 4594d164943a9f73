/** One box: type-ahead from the server, Enter asks for the grid. An ARIA combobox. */
import { locateText, selectGrid } from '../actions/locate';
import { countPick } from '../actions/names';
import { ServerGone } from '../api/client';
import type { Suggestion } from '../api/types';
import { maybeKey } from '../i18n';
import type { App } from '../state/app';
import { h, ICONS, icon, show } from '../ui/dom';
import type { Scope } from '../ui/scope';

const PAUSE_MS = 90;
const MOST = 8;

export function search(scope: Scope): HTMLElement {
  return new SearchBox(scope).element;
}

class SearchBox {
  readonly element: HTMLElement;
  private readonly app: App;
  private readonly input: HTMLInputElement;
  private readonly list = h('ul', {
    id: 'suggestions',
    class: 'suggestions',
    role: 'listbox',
    hidden: true,
  });
  private readonly status = h('p', { class: 'sr-only', role: 'status' });
  private readonly clear: HTMLButtonElement;
  private items: Suggestion[] = [];
  private active = -1;
  private timer: number | undefined;
  private request: AbortController | null = null;

  constructor(scope: Scope) {
    this.app = scope.app;
    const { t } = this.app;
    this.list.setAttribute('aria-label', t('search.label'));
    this.input = h('input', {
      id: 'search-input',
      class: 'search-input',
      type: 'text',
      role: 'combobox',
      autocomplete: 'off',
      spellcheck: 'false',
      enterkeyhint: 'search',
      placeholder: t('search.placeholder'),
      title: t('search.hint'),
      'aria-label': t('search.label'),
      'aria-autocomplete': 'list',
      'aria-controls': 'suggestions',
      'aria-expanded': 'false',
      on: {
        input: () => this.typed(),
        keydown: event => this.key(event),
        blur: () => this.close(),
      },
    });
    this.clear = h(
      'button',
      {
        class: 'icon-button clear',
        type: 'button',
        'aria-label': t('search.clear'),
        hidden: true,
        on: { click: () => this.empty() },
      },
      icon(ICONS.close),
    );
    const form = h(
      'form',
      { class: 'search', role: 'search', on: { submit: event => this.submit(event) } },
      icon(ICONS.search),
      this.input,
      this.clear,
      this.list,
      this.status,
    );
    this.element = form;
    scope.draw(['query'], ({ query }) => {
      if (query !== null) this.input.value = query;
      else if (document.activeElement !== this.input) this.input.value = '';
      show(this.clear, this.input.value !== '');
    });
    scope.onEnd(() => this.request?.abort());
  }

  private typed(): void {
    show(this.clear, this.input.value !== '');
    window.clearTimeout(this.timer);
    this.request?.abort();
    const text = this.input.value.trim();
    if (!text) this.close();
    else this.timer = window.setTimeout(() => void this.suggest(text), PAUSE_MS);
  }

  private async suggest(text: string): Promise<void> {
    const request = new AbortController();
    this.request = request;
    try {
      const items = await this.app.client.suggest(text, MOST, request.signal);
      if (!request.signal.aborted) this.open(items);
    } catch (error) {
      // Type-ahead is a help: a failure of it only closes the list. Enter still tells.
      if (error instanceof ServerGone || !request.signal.aborted) this.close();
    }
  }

  private open(items: Suggestion[]): void {
    const { t } = this.app;
    this.items = items;
    this.active = -1;
    const options = items.map((item, i) => this.option(item, i));
    const none = h('li', { class: 'none', role: 'presentation' }, t('search.none'));
    this.list.replaceChildren(...(items.length > 0 ? options : [none]));
    this.status.textContent = t('search.count', { n: items.length });
    show(this.list, true);
    this.input.setAttribute('aria-expanded', 'true');
    this.input.removeAttribute('aria-activedescendant');
  }

  private option(item: Suggestion, index: number): HTMLElement {
    const key = maybeKey(`kind.${item.kind}`);
    return h(
      'li',
      {
        id: `suggestion-${index}`,
        role: 'option',
        'aria-selected': 'false',
        // Not on click: the box loses the focus, and closes the list, before that.
        on: {
          pointerdown: event => {
            event.preventDefault();
            this.take(item);
          },
        },
      },
      h('span', { class: 'kind' }, key ? this.app.t(key) : item.kind),
      h('span', { class: 'suggestion-name' }, item.name),
      item.detail && h('span', { class: 'suggestion-detail' }, item.detail),
    );
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const open = !this.list.hidden;
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined && open && this.items.length > 0) {
      event.preventDefault();
      this.move(step);
    } else if (event.key === 'Escape') {
      if (open) this.close();
      else this.empty();
    }
  }

  private move(step: number): void {
    const before = this.list.children[this.active];
    before?.setAttribute('aria-selected', 'false');
    const places = this.items.length;
    this.active = this.active < 0 && step < 0 ? places - 1 : (this.active + step + places) % places;
    const now = this.list.children[this.active];
    now?.setAttribute('aria-selected', 'true');
    now?.scrollIntoView({ block: 'nearest' });
    this.input.setAttribute('aria-activedescendant', `suggestion-${this.active}`);
  }

  private submit(event: Event): void {
    event.preventDefault();
    const chosen = this.items[this.active];
    if (chosen && !this.list.hidden) this.take(chosen);
    else this.ask(this.input.value);
  }

  private take(item: Suggestion): void {
    countPick(this.app, item);
    if (item.kind === 'grid' && item.grid_code) {
      this.close();
      selectGrid(this.app, item.grid_code);
    } else this.ask(item.name);
  }

  private ask(text: string): void {
    this.close();
    this.input.value = text;
    this.input.select();
    void locateText(this.app, text);
  }

  private close(): void {
    window.clearTimeout(this.timer);
    this.request?.abort();
    this.items = [];
    show(this.list, false);
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
  }

  private empty(): void {
    this.close();
    this.input.value = '';
    show(this.clear, false);
    this.input.focus();
  }
}
