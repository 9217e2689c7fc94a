/** An input of an event (a filter) or of a consumer, as the service hooks' catalog describes it. */
export interface InputDescriptor {
  readonly id: string;
  readonly name: string;
  readonly isConfidential: boolean;
  readonly inputMode: 'textBox' | 'passwordBox' | 'combo';
  readonly hasDynamicValueInformation: boolean;
  readonly validation: { readonly isRequired: boolean; readonly dataType: 'string' };
  readonly values?: {
    readonly isLimitedToPossibleValues: boolean;
    readonly possibleValues: readonly { readonly value: string; readonly displayValue: string }[];
  };
}

/**
 * Reads inputs of a table: names with a space between. `!` behind one means required, `*` confidential, `~` that the
 * publisher looks its values up, and `=a/b` that it has these values.
 */
export const inputsOf = (row: string): InputDescriptor[] => row.split(' ').map(inputOf);

function inputOf(text: string): InputDescriptor {
  const [, id = '', flags = '', values] = /^(\w+)([!*~]*)(?:=(.*))?$/.exec(text) ?? [];
  const [isConfidential, isDynamic] = [flags.includes('*'), flags.includes('~')];
  const possibleValues = values?.split('/').map((value) => ({ value, displayValue: value }));
  return {
    id,
    name: id,
    isConfidential,
    inputMode: isConfidential ? 'passwordBox' : isDynamic || values !== undefined ? 'combo' : 'textBox',
    hasDynamicValueInformation: isDynamic,
    validation: { isRequired: flags.includes('!'), dataType: 'string' },
    ...(possibleValues && { values: { isLimitedToPossibleValues: true, possibleValues } }),
  };
}
