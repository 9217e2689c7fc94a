/** An input of an event (a filter) or of a consumer, as the service hooks' catalog describes it. */
export interface InputDescriptor {
  readonly id: string;
  readonly name: string;
  readonly isConfidential: boolean;
  readonly inputMode: 'textBox' | 'passwordBox' | 'combo' | 'checkBox' | 'textArea';
  readonly hasDynamicValueInformation: boolean;
  readonly validation: {
    readonly isRequired: boolean;
    readonly dataType: 'string' | 'uri' | 'guid' | 'boolean';
  };
  readonly values?: {
    readonly defaultValue?: string;
    readonly isLimitedToPossibleValues: boolean;
    readonly possibleValues: readonly { readonly value: string; readonly displayValue: string }[];
  };
}

export const plain = (id: string, options: Partial<InputDescriptor> = {}): InputDescriptor => ({
  id,
  name: id,
  isConfidential: false,
  inputMode: 'textBox',
  hasDynamicValueInformation: false,
  validation: { isRequired: false, dataType: 'string' },
  ...options,
});

export const required = (id: string, options: Partial<InputDescriptor> = {}): InputDescriptor =>
  plain(id, { ...options, validation: { isRequired: true, dataType: 'string' } });

export const secret = (id: string): InputDescriptor =>
  plain(id, { isConfidential: true, inputMode: 'passwordBox' });
export const requiredSecret = (id: string): InputDescriptor =>
  required(id, { isConfidential: true, inputMode: 'passwordBox' });

/** An input whose values the publisher looks up in the project. */
export const dynamic = (id: string): InputDescriptor =>
  plain(id, { inputMode: 'combo', hasDynamicValueInformation: true });

export const oneOf = (id: string, values: string): InputDescriptor =>
  plain(id, {
    inputMode: 'combo',
    values: {
      isLimitedToPossibleValues: true,
      possibleValues: values.split(' ').map((value) => ({ value, displayValue: value })),
    },
  });
