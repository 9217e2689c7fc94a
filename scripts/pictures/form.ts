import { isVisible } from '../../local/agent/extension/task-definition.ts';
import type { TaskInput, TaskJson } from '../manifest-rules.ts';
import { checkBox, fieldBox } from './fields.ts';
import { escapeHtml } from './page.ts';

/** A task's form as the classic editor lays it out: order, groups, defaults and visibility are those of task.json. */

interface Group {
  readonly name: string;
  readonly displayName: string;
  readonly isExpanded?: boolean;
}

/** Values beside the defaults, by input. */
type Values = Readonly<Record<string, string>>;

export const formStyle = `
#picture{width:560px;padding:20px 24px 8px}
header{display:flex;align-items:center;gap:12px;margin-bottom:14px}
header img{width:32px;height:32px}
header p{margin:0;font-size:12px;line-height:16px;color:var(--faint)}
h2{font-size:14px;font-weight:600;margin:16px -24px 0;padding:8px 24px;border-top:1px solid var(--line);display:flex;align-items:center;gap:10px}
h2::before{content:'';width:7px;height:7px;border:solid var(--faint);border-width:0 1.5px 1.5px 0;transform:rotate(-45deg)}
h2.open::before{transform:rotate(45deg)}
section{padding-top:6px}
h2:not(.open){margin-top:0}
section+h2,.field+h2{margin-top:16px}`;

export function taskForm(task: TaskJson, icon: Buffer, given: Values): string {
  const values: Values = {
    ...Object.fromEntries(task.inputs.map(({ name, defaultValue = '' }) => [name, defaultValue])),
    ...given,
  };
  const shown = task.inputs.filter(({ visibleRule }) => isVisible(visibleRule, values));
  const fields = (group: string | undefined): string =>
    shown
      .filter(({ groupName }) => groupName === group)
      .map((input) => field(input, values[input.name] ?? ''))
      .join('\n');
  const groups = (task.groups as readonly Group[]).map(({ name, displayName, isExpanded = false }) => {
    const heading = `<h2 class="${isExpanded ? 'open' : ''}">${escapeHtml(displayName)}</h2>`;
    return isExpanded ? `${heading}<section>${fields(name)}</section>` : heading;
  });
  const displayName = task.instanceNameFormat.replace(
    /\$\((\w+)\)/g,
    (_all, name: string) => values[name] ?? '',
  );
  return `<div id="picture">
<header><img alt="" src="data:image/png;base64,${icon.toString('base64')}"><div><h1>${escapeHtml(task.friendlyName)}</h1><p>Task version ${task.version.Major}.*</p></div></header>
${fieldBox('Display name', displayName, { isRequired: true })}
${fields(undefined)}
${groups.join('\n')}
</div>`;
}

function field(input: TaskInput, value: string): string {
  const { type, label, options, helpMarkDown, required = false } = input;
  if (type === 'boolean') return checkBox(label, value === 'true');
  return fieldBox(label, options?.[value] ?? value, {
    isRequired: required,
    isTall: type === 'multiLine',
    isList: options !== undefined || type.startsWith('connectedService:'),
    hasHelp: helpMarkDown !== undefined,
  });
}
