/** Names of layers and grids in the language of the page. */
import { presentFigures } from '../grids';
import type { State } from '../state/app';

export function layerTitle({ dataset, lang }: Readonly<State>, id: string): string {
  const layer = dataset?.layers.find(one => one.id === id);
  return (lang === 'zh' ? layer?.title_zh : layer?.title) || id;
}

export function gridName(state: Readonly<State>, code: string): string {
  return presentFigures(state).get(code)?.name ?? code;
}
