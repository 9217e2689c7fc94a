import { isVisible } from '../../local/agent/extension/task-definition.ts';
import type { TaskInput, TaskJson } from '../manifest-rules.ts';
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
#picture{width:560px;padding:20px 24px 8px;background:#fff;color:#201f1e;font-size:14px;line-height:20px}
header{display:flex;align-items:center;gap:12px;margin-bottom:14px}
header img{width:32px;height:32px}
h1{font-size:20px;font-weight:600;margin:0;line-height:26px}
header p{margin:0;font-size:12px;line-height:16px;color:#605e5c}
.field{margin:0 0 12px}
label{display:block;font-weight:600;margin-bottom:4px}
label .help{display:inline-block;width:14px;height:14px;margin-left:6px;border:1px solid #8a8886;border-radius:7px;font:600 9px/12px Inter;color:#605e5c;text-align:center;vertical-align:1px}
.star{color:#a4262c;margin-left:4px}
.box{border:1px solid #8a8886;border-radius:2px;min-height:32px;padding:5px 8px;display:flex;justify-content:space-between;white-space:pre-wrap}
.box.tall{min-height:46px}
.box .sign{width:8px;height:8px;margin:3px 4px 0;border:solid #605e5c;border-width:0 1.5px 1.5px 0;transform:rotate(45deg)}
.check{display:flex;align-items:center;gap:8px;font-weight:600}
.check i{width:18px;height:18px;border:1px solid #605e5c;border-radius:2px;font:700 13px/16px Inter;text-align:center;color:#fff}
.check i.on{background:#0078d4;border-color:#0078d4}
h2{font-size:14px;font-weight:600;margin:16px -24px 0;padding:8px 24px;border-top:1px solid #edebe9;display:flex;align-items:center;gap:10px}
h2::before{content:'';width:7px;height:7px;border:solid #605e5c;border-width:0 1.5px 1.5px 0;transform:rotate(-45deg)}
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
${box('Display name', escapeHtml(displayName), { isRequired: true })}
${fields(undefined)}
${groups.join('\n')}
</div>`;
}

function field(input: TaskInput, value: string): string {
  const { type, label, options, helpMarkDown, required = false } = input;
  if (type === 'boolean') {
    const mark = value === 'true' ? '<i class="on">✓</i>' : '<i></i>';
    return `<div class="field check">${mark}<span>${escapeHtml(label)}</span></div>`;
  }
  const isList = options !== undefined || type.startsWith('connectedService:');
  return box(label, escapeHtml(options?.[value] ?? value), {
    isRequired: required,
    isTall: type === 'multiLine',
    isList,
    hasHelp: helpMarkDown !== undefined,
  });
}

interface Look {
  readonly isRequired?: boolean;
  readonly isTall?: boolean;
  readonly isList?: boolean;
  readonly hasHelp?: boolean;
}

function box(label: string, value: string, { isRequired, isTall, isList, hasHelp }: Look): string {
  const marks = `${isRequired ? '<span class="star">*</span>' : ''}${hasHelp ? '<span class="help">i</span>' : ''}`;
  const sign = isList ? '<span class="sign"></span>' : '';
  return `<div class="field"><label>${escapeHtml(label)}${marks}</label><div class="box${isTall ? ' tall' : ''}"><span>${value}</span>${sign}</div></div>`;
}
