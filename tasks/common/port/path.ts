import { InputError } from '../errors.ts';

/** A list becomes one parameter for each of its values. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/**
 * Fills a route's path; every parameter is encoded as one segment, so that `/` in an identifier stays inside it.
 * @throws InputError for a parameter of dots alone.
 */
export function pathOf(
  template: string,
  parameters: Readonly<Record<string, string>>,
  query: Query = {},
): string {
  const path = template.replace(/\{(\w+)\}/g, (_match, name: string) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value === undefined) throw new TypeError(`path parameter ${name} is missing`);
    // Dots cannot be encoded, and everything between here and Port may take them for another path.
    if (value === '.' || value === '..')
      throw new InputError([`"${value}" cannot be an identifier in Port.`]);
    return encodeURIComponent(value.toWellFormed());
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) search.append(name, String(one));
    }
  }
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}
