/** On the card of an answer: another name, or the right one, for the compound that was found. */
import { nameFor, proposeName } from '../actions/names';
import type { Located, NewNameProposal } from '../api/types';
import type { App } from '../state/app';
import { h } from '../ui/dom';

const LONGEST = 60;

export function nameForm(app: App, answer: Located): HTMLElement | null {
  const place = answer.compound_name;
  if (!answer.compound_id || !place) return null;
  const { t } = app;
  const input = h('input', {
    class: 'name-input',
    type: 'text',
    maxlength: String(LONGEST),
    required: true,
    autocomplete: 'off',
    'aria-label': t('names.name', { place }),
    placeholder: t('names.placeholder'),
  });
  const changes = ['alias', 'correction'] as const;
  const change = h(
    'select',
    { class: 'name-change', 'aria-label': t('names.change') },
    ...changes.map(one => h('option', { value: one }, t(`names.${one}`))),
  );
  const said = h('p', { class: 'name-said', role: 'status' });
  const send = async () => {
    const proposal = nameFor(answer, input.value, change.value as NewNameProposal['change']);
    if (!proposal) {
      said.textContent = t('names.same');
    } else if (await proposeName(app, proposal)) {
      said.textContent = t('names.sent');
      input.value = '';
    }
  };
  const form = h(
    'form',
    {
      class: 'name-form',
      on: {
        submit: event => {
          event.preventDefault();
          void send();
        },
      },
    },
    change,
    input,
    h('button', { class: 'button', type: 'submit' }, t('names.propose')),
  );
  return h('details', { class: 'names' }, h('summary', {}, t('names.wrong')), form, said);
}
