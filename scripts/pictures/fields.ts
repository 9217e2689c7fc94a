import { escapeHtml } from './page.ts';

export interface FieldLook {
  readonly isRequired?: boolean;
  readonly isTall?: boolean;
  readonly isList?: boolean;
  readonly hasHelp?: boolean;
  /** A line below the field. */
  readonly note?: string | undefined;
}

/** A field with its value, as the forms of Azure DevOps draw it. */
export function fieldBox(label: string, value: string, look: FieldLook = {}): string {
  const { isRequired, isTall, isList, hasHelp, note } = look;
  const marks = `${isRequired ? '<span class="star">*</span>' : ''}${hasHelp ? '<span class="help">i</span>' : ''}`;
  const sign = isList ? '<span class="sign"></span>' : '';
  const below = note === undefined ? '' : `<div class="note">${escapeHtml(note)}</div>`;
  return `<div class="field"><label>${escapeHtml(label)}${marks}</label><div class="box${isTall ? ' tall' : ''}"><span>${escapeHtml(value)}</span>${sign}</div>${below}</div>`;
}

export function checkBox(label: string, isChecked: boolean): string {
  const mark = isChecked ? '<i class="on">✓</i>' : '<i></i>';
  return `<div class="field check">${mark}<span>${escapeHtml(label)}</span></div>`;
}
