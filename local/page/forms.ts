import type { Loop } from '../loop.ts';
import type { ActionTrigger, JsonObject } from '../port/index.ts';

/** An input of a form; `id` is its name in what is sent. */
export interface Field {
  readonly id: string;
  readonly label: string;
  readonly help: string;
  readonly kind: 'text' | 'number' | 'checkbox' | 'select' | 'lines';
  /** The declared type: string, number, boolean, array or object. */
  readonly type: string;
  readonly options: readonly string[];
  /** As text; `true` is a checkbox that is ticked. */
  readonly value: string;
  readonly isRequired: boolean;
}

/** Something that a person can do. */
export interface Form {
  readonly id: string;
  readonly title: string;
  readonly help: string;
  readonly button: string;
  readonly fields: readonly Field[];
  /** Does it; resolves to what to tell. @throws Error with Port's words */
  readonly send: (values: Values) => Promise<string>;
}

/** What was typed, by the id of a field; a checkbox that is not ticked is absent. */
export type Values = Readonly<Record<string, string>>;

interface Group {
  readonly id: string;
  readonly title: string;
  readonly forms: readonly Form[];
}

/** All that can be started or made. */
export function formGroups(loop: FormLoop): readonly Group[] {
  return [
    { id: 'actions', title: 'Execute an action', forms: [...actionForms(loop), ...workflowForms(loop)] },
    { id: 'pipelines', title: 'Run a pipeline by hand', forms: pipelineForms(loop) },
    { id: 'entities', title: 'Make an entity', forms: entityForms(loop) },
  ];
}

export type FormLoop = Pick<Loop, 'port' | 'azureDevOps' | 'user'>;

/** A form that is only a button. */
export const button = (id: string, title: string, send: () => unknown): Form => ({
  ...{ id, title: '', help: '', button: title, fields: [] },
  send: async () => {
    await send();
    return '';
  },
});

function actionForms({ port, user }: FormLoop): Form[] {
  const actions = [...port.store.actions.values()].filter(({ trigger }) => trigger.type === 'self-service');
  return actions.map((action) => {
    const { identifier, title = identifier, trigger } = action;
    const inputs = inputsOf(trigger.userInputs, port.store);
    const { blueprintIdentifier: blueprint } = trigger;
    const isOfEntity = trigger.operation !== 'CREATE' && blueprint !== undefined;
    const picker = { ...nameField('/entity', 'Entity'), ...entityField(blueprint ?? '', port.store) };
    return {
      ...{ id: `action/${identifier}`, title, help: descriptionOf(action), button: 'Execute' },
      fields: isOfEntity ? [picker, ...inputs] : inputs,
      async send({ '/entity': entity, ...values }) {
        return `Run ${await user.execute(identifier, valuesOf(inputs, values), entity)}`;
      },
    };
  });
}

function workflowForms({ port, user }: FormLoop): Form[] {
  return [...port.store.workflows.values()].flatMap((workflow) => {
    const { identifier, title = identifier, nodes } = workflow;
    const trigger = nodes.find(({ config }) => config.type === 'SELF_SERVE_TRIGGER');
    if (trigger === undefined) return [];
    const fields = inputsOf(trigger.config.userInputs, port.store);
    return {
      ...{ id: `workflow/${identifier}`, title, help: 'A workflow', button: 'Start', fields },
      async send(values: Values) {
        const body = { inputs: valuesOf(fields, values) };
        await user.call('POST', `/v1/workflows/${encodeURIComponent(identifier)}/runs`, body);
        return '';
      },
    };
  });
}

function pipelineForms({ azureDevOps }: FormLoop): Form[] {
  return [...azureDevOps.store.pipelines.values()].map(({ id, name }) => ({
    ...button(`pipeline/${id}`, 'Run', () => azureDevOps.queue({ definitionId: id })),
    title: name,
  }));
}

function entityForms({ port, user }: FormLoop): Form[] {
  const blueprints = [...port.store.blueprints.values()].filter(
    ({ identifier }) => !identifier.startsWith('_'),
  );
  return blueprints.map(({ identifier, title, schema }) => {
    const fields = inputsOf(schema, port.store);
    return {
      ...{
        id: `entity/${identifier}`,
        title,
        help: '',
        button: 'Make',
        fields: [nameField('/identifier', 'Identifier'), ...fields],
      },
      async send({ '/identifier': entity, ...values }) {
        const body = { identifier: entity, properties: valuesOf(fields, values) };
        await user.call('POST', `/v1/blueprints/${encodeURIComponent(identifier)}/entities`, body);
        return '';
      },
    };
  });
}

const descriptionOf = (definition: object): string =>
  'description' in definition ? String(definition.description) : '';

type Store = FormLoop['port']['store'];
type Inputs = ActionTrigger['userInputs'] & { readonly order?: readonly string[] };

/** The fields of an action's inputs, or of a blueprint's properties. */
function inputsOf(inputs: Inputs | undefined, store: Store): Field[] {
  const { properties = {}, required, order = [] } = inputs ?? {};
  const names = [...new Set([...order.filter((name) => name in properties), ...Object.keys(properties)])];
  return names.map((name) => {
    const definition = properties[name] ?? {};
    const field = fieldOf(name, definition);
    const isRequired = Array.isArray(required) && required.includes(name);
    const { format, blueprint } = definition;
    const isEntity = format === 'entity' && typeof blueprint === 'string' && field.kind === 'text';
    return { ...field, ...(isEntity && entityField(blueprint, store)), isRequired };
  });
}

const nameField = (id: string, title: string): Field => ({
  ...fieldOf(id, { type: 'string', title }),
  isRequired: true,
});

function entityField(blueprint: string, store: Store): Pick<Field, 'kind' | 'options' | 'value' | 'help'> {
  const options = [...store.entitiesOf(blueprint).keys()];
  const help = options.length === 0 ? `There is no entity of ${blueprint} yet: make one below.` : '';
  return { kind: 'select', options, value: '', help };
}

const kinds: Readonly<Record<string, Field['kind']>> = {
  ...{ number: 'number', boolean: 'checkbox', array: 'lines', object: 'lines' },
};

function fieldOf(id: string, definition: JsonObject): Field {
  const { type, title = id, description = '', enum: choices, default: usual, format } = definition;
  const isLong = ['multi-line', 'markdown', 'yaml', 'proto'].includes(String(format));
  // A default or a choice may be a JQ query, which only Port's own form can ask.
  const isKnown = usual !== undefined && (typeof usual !== 'object' || type === 'array' || type === 'object');
  return {
    ...{ id, label: textOf(title), help: textOf(description), type: String(type), isRequired: false },
    kind: Array.isArray(choices) ? 'select' : (kinds[String(type)] ?? (isLong ? 'lines' : 'text')),
    options: Array.isArray(choices) ? choices.map(textOf) : [],
    value: isKnown ? textOf(usual) : '',
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** What was typed as the types that were declared; what was left empty is not sent. @throws Error that names the field */
export function valuesOf(fields: readonly Field[], values: Values): JsonObject {
  const typed = fields.flatMap((field) => {
    const text = values[field.id] ?? '';
    if (field.type === 'boolean') return [[field.id, text === 'true']];
    return text === '' ? [] : [[field.id, valueOf(field, text)]];
  });
  return Object.fromEntries(typed) as JsonObject;
}

function valueOf({ label, type }: Field, text: string): unknown {
  if (type === 'string') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error(`${label}: this is no ${type} as JSON has it.`);
  }
}

/** Something for each field that has to be filled in and for each that has a default. */
export function exampleValues(fields: readonly Field[]): Values {
  const byType: Readonly<Record<string, string>> = { number: '1', array: '[]', object: '{}' };
  const filled = fields.filter(({ isRequired, value }) => isRequired || value !== '');
  return Object.fromEntries(
    filled.map(({ id, type, value, options }) => [id, value || (options[0] ?? byType[type] ?? 'example')]),
  );
}
