import { isVisible } from '../local/agent/extension/task-definition.ts';

/** What the classic editor makes a form of. */
interface Form {
  readonly helpMarkDown?: string;
  readonly groups: readonly {
    readonly name: string;
    readonly isExpanded?: boolean;
    readonly visibleRule?: string;
  }[];
  readonly inputs: readonly {
    readonly name: string;
    readonly groupName?: string;
    readonly visibleRule?: string;
    readonly type: string;
    readonly defaultValue?: string;
    readonly options?: Readonly<Record<string, string>>;
    readonly helpMarkDown?: string;
  }[];
}

/** Template expressions, and keys of a step. */
const yamlOnly = /\$\{\{|\bcondition:/;

/** A form that is opened shows what the common case needs; the rest is behind the headings of closed groups. */
export const mostOpenFields = 5;

export function formProblems(form: Form): string[] {
  const { groups, inputs, helpMarkDown } = form;
  const open = openFields(form);
  const tooMany = `${open.length} fields stand open in the form (${open.join(', ')}), and ${mostOpenFields} may: close a group`;
  return [
    ...(open.length > mostOpenFields ? [tooMany] : []),
    ...[{ name: 'the task', helpMarkDown }, ...inputs]
      .filter((each) => yamlOnly.test(each.helpMarkDown ?? ''))
      .map(({ name }) => `the help of ${name} shows \${{ }} or a condition, which only YAML has`),
    ...inputs
      .filter(({ groupName }) => groupName !== undefined && !groups.some(({ name }) => name === groupName))
      .map(({ name, groupName = '' }) => `input ${name} is in group ${groupName}, which is not declared`),
    ...inputs.flatMap(({ name, visibleRule }) => ruleProblems(`input ${name}`, visibleRule, form)),
    ...groups.flatMap(({ name, visibleRule }) => ruleProblems(`group ${name}`, visibleRule, form)),
  ];
}

/** A rule about an input that is not there, or a value that it never has, hides its field for ever. */
function ruleProblems(owner: string, rule: string | undefined, { inputs }: Form): string[] {
  if (rule === undefined) return [];
  return rule.split(/\|\||&&/).flatMap((condition) => {
    const [, name = '', value = ''] = /^\s*(\w+)\s*!?=\s*(.*?)\s*$/.exec(condition) ?? [];
    const other = inputs.find((candidate) => candidate.name === name);
    if (other === undefined) return [`${owner} has the visibleRule "${rule}", but there is no input ${name}`];
    const words = other.type === 'boolean' ? ['true', 'false'] : Object.keys(other.options ?? {});
    return words.length === 0 || words.includes(value)
      ? []
      : [`${owner} has the visibleRule "${rule}", but ${name} is never ${value}`];
  });
}

/** The fields that nobody has to open a group for, with the defaults in all of them. */
export function openFields({ groups, inputs }: Form): readonly string[] {
  const values = Object.fromEntries(inputs.map(({ name, defaultValue = '' }) => [name, defaultValue]));
  const isOpen = (name: string | undefined): boolean => {
    const group = groups.find((each) => each.name === name);
    return group === undefined || (group.isExpanded === true && isVisible(group.visibleRule, values));
  };
  return inputs
    .filter(({ groupName, visibleRule }) => isOpen(groupName) && isVisible(visibleRule, values))
    .map(({ name }) => name);
}
