import { stringify } from 'yaml';
import { type Value, isMap, textOf, unknownsIn } from '../read/value.ts';
import type { Missing } from './task-step.ts';

const expressions = /\$\{\{\s*((?:'[^']*'|[^'])*?)\s*\}\}/gs;
const holdsField = (text: string): boolean => /\$\{\{[^}]*\bparameters\b/.test(text);
const isMadeSafe = /^replace\((.+), '\$\(', '\$ \('\)$/;

/** For an input of one line. What a user typed as $(name) would be expanded as a variable of the pipeline, secrets included. */
export const inOneLine = (text: string): string =>
  text.replace(expressions, (all, inner: string) =>
    holdsField(all) && !isMadeSafe.test(inner)
      ? `\${{ replace(${inner}, '$(', '$ (') }}`
      : `\${{ ${inner} }}`,
  );

/**
 * For YAML in several lines, where a field with a line break would set other properties: JSON keeps it one value. Undefined where a
 * macro stands beside the field: the dollar signs of JSON are escaped, and the macro's with them.
 */
function asJson(text: string): string | undefined {
  const fields: string[] = [];
  const literal = text.replace(expressions, (_all, inner: string) => {
    fields.push(isMadeSafe.exec(inner)?.[1] ?? inner);
    return '\u0000';
  });
  if (literal.includes('$(')) return undefined;
  const [only = ''] = fields;
  let at = 0;
  const format = literal.replace(/[{}']/g, '$&$&').replaceAll('\u0000', () => `{${at++}}`);
  const whole = literal === '\u0000' ? only : `format('${format}', ${fields.join(', ')})`;
  return `\${{ replace(convertToJson(${whole}), '$', '\\u0024') }}`;
}

/** Collects what cannot be said of a call, while its inputs are made. */
export class Gaps {
  readonly missing: Missing[] = [];

  /** Undefined, for the input that is not there. */
  add(what: string, why: string): string | undefined {
    this.missing.push({ what, why });
    return undefined;
  }

  /** A text for an input of one line; undefined, and a gap, where a part of it is unknown. */
  line(what: string, value: Value | undefined): string | undefined {
    if (value === undefined || value === null || value === '') return undefined;
    const [unread] = unknownsIn(value);
    return unread === undefined ? inOneLine(textOf(value)) : this.add(what, unread);
  }

  /** Text in several lines, such as log lines and Markdown. */
  lines(what: string, value: Value | undefined): string | undefined {
    return this.line(what, value);
  }

  /** YAML for an input of several lines; what of it is unknown is left out, and a gap. */
  block(what: string, value: Value | undefined): string | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') {
      const [unread] = unknownsIn(value);
      return unread === undefined ? (asJsonOrText(value) ?? this.#mixed(what)) : this.add(what, unread);
    }
    const fields: string[] = [];
    const marked = this.#marked(what, value, fields);
    if (marked === undefined || (isMap(marked) && Object.keys(marked).length === 0)) return undefined;
    return stringify(marked, { lineWidth: 0 })
      .replace(/field-(\d+)-/g, (_all, index: string) => fields[Number(index)] ?? '')
      .trimEnd();
  }

  #mixed(what: string): string | undefined {
    return this.add(
      what,
      'a macro stands beside a field that a user filled in. Put the whole text into one variable, and name that here',
    );
  }

  /** Texts with a field in them are put in last, for they are expressions, which YAML must not quote. */
  #marked(what: string, value: Value, fields: string[]): Value | undefined {
    if (typeof value === 'string') {
      const [unread] = unknownsIn(value);
      if (unread !== undefined) return this.add(what, unread);
      if (!holdsField(value)) return value;
      const json = asJson(value);
      return json === undefined ? this.#mixed(what) : `field-${fields.push(json) - 1}-`;
    }
    if (Array.isArray(value)) {
      const items = (value as readonly Value[]).map((item, index) =>
        this.#marked(`${what}[${index}]`, item, fields),
      );
      return items.filter((item) => item !== undefined);
    }
    if (!isMap(value)) return value;
    const entries = Object.entries(value).map(([key, item]) => {
      const [unread] = unknownsIn(key);
      const name = unread === undefined ? this.#marked(what, key, fields) : this.add(what, unread);
      return [name, this.#marked(`${what}.${key}`, item, fields)] as const;
    });
    return Object.fromEntries(
      entries.filter(
        (entry): entry is [string, Value] => typeof entry[0] === 'string' && entry[1] !== undefined,
      ),
    );
  }
}

const asJsonOrText = (text: string): string | undefined => (holdsField(text) ? asJson(text) : text);
