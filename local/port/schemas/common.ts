/** Limits and patterns of Port's published API schema. */
export const ENTITY_IDENTIFIER = '^(?!\\.{1,2}$)[\\p{L}0-9@_.+:\\\\/=-]+$';
export const BLUEPRINT_IDENTIFIER = '^(?!\\.{1,2}$)[\\p{L}0-9@_.+:\\\\/-]+$';
export const ACTION_IDENTIFIER = '^(?!\\.{1,2}$)[\\p{L}0-9@_.+:=-]+$';
export const PROPERTY_IDENTIFIER = '^[A-Za-z0-9@_=\\\\-]+$';

type Schema = Readonly<Record<string, unknown>>;

export const text = { type: 'string' } as const;
export const flag = { type: 'boolean' } as const;
export const anyObject = { type: 'object' } as const;
export const texts = { type: 'array', items: text } as const;

export const word = (...words: readonly string[]): Schema => ({ type: 'string', enum: words });

/** The same, given as one text. */
export const words = (list: string): Schema => word(...list.split(' '));

/** The types of a property of a blueprint, and of an input of a form. */
export const valueType = words('string number boolean object array');

/** An object that has no keys but these. A name that ends in `*` is required. */
export function only(keys: Readonly<Record<string, unknown>>): Schema {
  const required = Object.keys(keys).filter((key) => key.endsWith('*'));
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(keys).map(([key, schema]) => [bare(key), schema])),
    required: required.map(bare),
    additionalProperties: false,
  };
}

/** The same, other keys allowed. */
export const open = (keys: Readonly<Record<string, unknown>>): Schema => ({
  ...only(keys),
  additionalProperties: true,
});

export const mapOf = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });

const bare = (key: string): string => key.replace(/\*$/, '');
