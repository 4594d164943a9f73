/** A little help to make elements; text is always set as text, never as markup. */

type Child = Node | string | null | undefined | false;
type Handlers = { [E in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[E]) => void };

export interface Props {
  /** CSS custom properties, set one by one so that no inline style attribute is written. */
  vars?: Record<string, string>;
  on?: Handlers;
  [attribute: string]: unknown;
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  const { vars, on, ...attributes } = props;
  for (const [name, value] of Object.entries(vars ?? {})) element.style.setProperty(name, value);
  for (const [name, handler] of Object.entries(on ?? {})) {
    element.addEventListener(name, handler as EventListener);
  }
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children.filter(isChild));
  return element;
}

function setAttribute(element: Element, name: string, value: unknown): void {
  if (value === null || value === undefined || value === false) return;
  element.setAttribute(name, value === true ? '' : String(value));
}

function isChild(child: Child): child is Node | string {
  return child !== null && child !== undefined && child !== false;
}

/** Shows or hides by the `hidden` attribute. */
export function show(element: HTMLElement, visible: boolean): void {
  element.hidden = !visible;
}

const SVG = 'http://www.w3.org/2000/svg';

/** A line icon of 20 × 20 from path data; decoration only, so hidden from readers. */
export function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  svg.classList.add('icon');
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

export const ICONS = {
  search: 'M8.5 3a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M13 13l4.5 4.5',
  close: 'M5 5l10 10M15 5L5 15',
  layers: 'M10 3l7.5 4L10 11 2.5 7zM3 10.5l7 3.7 7-3.7M3 14l7 3.7 7-3.7',
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  home: 'M3 8V3h5M12 3h5v5M17 12v5h-5M8 17H3v-5',
  check: 'M4 10.5l4 4 8-9',
  previous: 'M5 12.5l5-5 5 5',
  next: 'M5 7.5l5 5 5-5',
} as const;
