/** The report to take away: a page to read and print, and files for a GIS and for programs. */
import { h } from '../ui/dom';
import type { Scope } from '../ui/scope';

const FORMS = [
  { format: 'html', words: 'report.page', file: null },
  { format: 'geojson', words: 'report.gis', file: 'wangge-check.geojson' },
  { format: 'text', words: 'report.text', file: 'wangge-check.txt' },
] as const;

export function reportLinks(scope: Scope): HTMLElement {
  const { app } = scope;
  const { lang } = app.store.get();
  const links = FORMS.map(({ format, words, file }) =>
    h(
      'a',
      {
        href: `/api/check?${new URLSearchParams({ format, lang })}`,
        // The page opens beside the map; files are saved.
        ...(file ? { download: file } : { target: '_blank', rel: 'noopener' }),
      },
      app.t(words),
    ),
  );
  return h('p', { class: 'report-links' }, h('span', {}, app.t('report.label')), ...links);
}
