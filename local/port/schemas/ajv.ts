import { Ajv } from 'ajv';
import ajvFormats from 'ajv-formats';

type Formats = (ajv: Ajv) => Ajv;

const addFormats = ajvFormats as unknown as Formats;

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/i;

const isDateTime = (value: string): boolean => DATE_TIME.test(value) && !Number.isNaN(Date.parse(value));

/** Formats of Port that ajv does not know; those with `true` are for display only. */
const PORT_FORMATS: Readonly<Record<string, true | ((value: string) => boolean)>> = {
  url: (value: string): boolean => URL.canParse(value),
  'date-time': isDateTime,
  timer: isDateTime,
  ...{ user: true, team: true, entity: true, blueprints: true, markdown: true, yaml: true, proto: true },
  ...{ 'multi-line': true, 'labeled-url': true, password: true },
};

/** An ajv that judges as Port does: nothing is converted, nothing removed, unknown keywords are decoration. */
export function newAjv(options: { readonly convert: boolean }): Ajv {
  const ajv = new Ajv({ strict: false, coerceTypes: options.convert ? 'array' : false });
  addFormats(ajv);
  for (const [name, format] of Object.entries(PORT_FORMATS)) ajv.addFormat(name, format);
  return ajv;
}
