import { type PortCall, type ReadScript, mentionsPort } from './calls.ts';
import type { Script } from './read/scripts.ts';
import { isMap, textOf, unknownsIn } from './read/value.ts';

/** A known mistake, at a line of the file. */
export interface Mistake {
  readonly rule: string;
  readonly line: number;
  readonly message: string;
}

export interface Calls {
  readonly scripts: readonly ReadScript[];
  readonly calls: readonly PortCall[];
}

/** Finds one kind of mistake; its name stands in the table of rules. */
type Rule = (pipeline: Calls) => Omit<Mistake, 'rule'>[];

/** The scripts that talk to Port. */
const talking = ({ scripts }: Calls): readonly Script[] =>
  scripts.filter(({ calls, script }) => calls.length > 0 || mentionsPort(script.text)).map(({ script }) => script);

/** A place in a script; where it stands in a file of its own, the line of the step that runs it. */
function at({ firstLine, file }: Script, index: number, message: string): Omit<Mistake, 'rule'> {
  if (file === undefined) return { line: firstLine + index, message };
  return { line: firstLine, message: `${file}, line ${index + 1}: ${message}` };
}

/** A mistake that a line of a script that talks to Port shows by itself. */
function perLine(message: string, isMistaken: (line: string, script: Script) => boolean): Rule {
  return (pipeline) =>
    talking(pipeline).flatMap((script) =>
      script.text.split('\n').flatMap((line, index) => (isMistaken(line, script) ? [at(script, index, message)] : [])),
    );
}

const setVariable = /##vso\[task\.setvariable\s+([^\]]*)\](.*)/i;

const tokenNotSecret = perLine(
  "Port's token becomes a variable that is not secret: it stands in logs in clear text. The tasks never make it a variable.",
  (line) => {
    const [, properties = '', value = ''] = setVariable.exec(line) ?? [];
    return /token/i.test(properties + value) && !/issecret\s*=\s*true/i.test(properties);
  },
);

const updates = ({ calls }: Calls): PortCall[] => calls.filter(({ kind }) => kind === 'updateRun' || kind === 'log');
/** Whether a call says, or may say, this end of the run. */
function reports({ body, script }: PortCall, status: string): boolean {
  const said = isMap(body) ? (body.status ?? body.terminationStatus) : undefined;
  if (said === undefined || said === null) return body !== undefined && !isMap(body) && script.text.includes(status);
  const text = textOf(said);
  return unknownsIn(text).length > 0 || /\$[({]/.test(text) || text.toUpperCase() === status;
}

const successOnly: Rule = (pipeline) => {
  const [first] = updates(pipeline).filter((call) => reports(call, 'SUCCESS'));
  if (first === undefined || updates(pipeline).some((call) => reports(call, 'FAILURE'))) return [];
  return [
    {
      line: first.line,
      message: 'Only SUCCESS is reported: a run that fails stays in progress for ever.',
    },
  ];
};

const noCancel: Rule = (pipeline) => {
  const failing = updates(pipeline).filter((call) => reports(call, 'FAILURE'));
  const [first] = failing;
  if (first === undefined || failing.some(({ script }) => /always\(\)|canceled\(\)/i.test(script.condition)))
    return [];
  return [
    {
      line: first.line,
      message:
        'A cancel is not reported: failed() and succeededOrFailed() are false then, and the run stays in progress.',
    },
  ];
};

const namesSet = (scripts: readonly ReadScript[]): string[] =>
  scripts.flatMap(({ script }) =>
    [...script.text.matchAll(/##vso\[task\.setvariable\s+[^\]]*variable=([\w.]+)/gi)].map(([, name = '']) => name),
  );

/** The agent gives variables to scripts in upper case; another spelling is empty there. */
const wrongCase: Rule = (pipeline) => {
  const names = [...new Set(namesSet(pipeline.scripts))].filter((name) => /[a-z]/.test(name));
  return talking(pipeline)
    .filter(({ language }) => language === 'bash')
    .flatMap((script) =>
      names
        .filter(
          (name) =>
            !Object.hasOwn(script.environment, name) &&
            !new RegExp(`(^|[\\s;&])(export\\s+|read\\s+)?${name}=`, 'm').test(script.text),
        )
        .flatMap((name) => {
          const index = script.text
            .split('\n')
            .findIndex((line) => new RegExp(`\\$\\{?${name}\\b`).test(line));
          const message = `The variable ${name} reaches a script as $${name.toUpperCase().replaceAll('.', '_')}: $${name} is empty, and Port answers 401 to a step that stays green.`;
          return index < 0 ? [] : [at(script, index, message)];
        }),
    );
};

const noMerge: Rule = ({ calls }) =>
  calls
    .filter(
      ({ kind, route }) => kind === 'writeEntity' && /upsert=true/i.test(route) && !/merge=true/i.test(route),
    )
    .map(({ line }) => ({
      line,
      message: 'upsert without merge replaces the whole entity: what is not sent is lost.',
    }));

const isUpdate = ({ text }: Script): boolean => text.includes('actions/runs/');

const deprecatedMessage = perLine(
  'The key "message" of a run is deprecated; send log lines and a status label.',
  (line, script) => isUpdate(script) && /["']message["']\s*:\s*\{/.test(line),
);

const inProgress = perLine(
  'Port refuses IN_PROGRESS as a status: a run is in progress from its start.',
  (line, script) => isUpdate(script) && /["']?status["']?\s*[:=]\s*["']IN_PROGRESS["']/.test(line),
);

/** A field of the form; a run id is Port's own. */
const field = /\$\{\{\s*(?:\w+\()?\s*parameters\.(?![^}]*run_?id\s*\}\})/i;
const variable = /\$\(([A-Za-z_][\w.]*)\)|\$\{\{\s*variables\.[\w.]+\s*\}\}/g;

const injection = perLine(
  "What a user typed in Port is pasted into the script: quotes and $(…) in it run as code. Give it through env, or to a task's input.",
  (line, { scope, language }) =>
    language !== 'rest' &&
    (field.test(line) || [...line.matchAll(variable)].some(([found]) => field.test(scope.resolve(found)))),
);

const fixedHost = perLine(
  'api.getport.io is the old name of the EU API; organizations in the US are not there at all.',
  (line) => /api\.(?:us\.)?getport\.io/.test(line),
);

const uncheckedAnswer: Rule = ({ calls }) =>
  [...new Set(calls.map(({ script }) => script))]
    .filter(
      ({ language, text }) =>
        language === 'bash' &&
        /\bcurl\b/.test(text) &&
        !/\s(-[a-zA-Z]*f[a-zA-Z]*|--fail(-with-body)?)\b|http_code/.test(text),
    )
    .map((script) =>
      at(
        script,
        script.text.split('\n').findIndex((line) => /\bcurl\b/.test(line)),
        'curl without --fail: the step is green whatever Port answers, and nothing is tried again.',
      ),
    );

const unquotedAddress = perLine(
  'The address is not in quotes: the shell ends the command at "&", and what follows it (merge=true) is lost.',
  (line, { language }) => language === 'bash' && /(^|\s)https?:\/\/[^\s"']*&[^\s"']+/.test(line),
);

const shellVariableAsMacro: Rule = (pipeline) =>
  talking(pipeline)
    .filter(({ language }) => language === 'bash')
    .flatMap((script) => {
      const lines = script.text.split('\n');
      const own = [...script.text.matchAll(/^\s*(?:export\s+)?(\w+)=/gm)].map(([, name = '']) => name);
      return own
        .filter((name) => !script.scope.isDeclared(name))
        .flatMap((name) => {
          const index = lines.findIndex((line) => line.includes(`$(${name})`));
          const message = `$(${name}) is no shell variable: the agent knows no such variable and sends the text itself. Write $${name}.`;
          return index < 0 ? [] : [at(script, index, message)];
        });
    });

const install = /(?:apt-get|apt|apk|yum|dnf|brew|choco|pip3?|npm)\s+(?:-\S+\s+)*(?:install|add)\b.*\b(jq|requests|curl|httpx)\b/;

/** Also in a step of its own, where nothing but the calls uses the tool. */
const installsTools: Rule = ({ scripts, calls }) =>
  scripts.flatMap(({ script }) =>
    script.text.split('\n').flatMap((line, index) => {
      const tool = install.exec(line)?.[1];
      if (tool === undefined || calls.length === 0 || isUsedElsewhere(tool, scripts)) return [];
      return [at(script, index, 'A package is installed to talk to Port; the tasks need none.')];
    }),
  );

const isUsedElsewhere = (tool: string, scripts: readonly ReadScript[]): boolean =>
  scripts
    .filter(({ calls }) => calls.length === 0)
    .some(({ script }) => script.text.split('\n').some((line) => new RegExp(`\\b${tool}\\b`).test(line) && !install.test(line)));

const rules: Readonly<Record<string, Rule>> = {
  'token-not-secret': tokenNotSecret,
  'success-only': successOnly,
  'no-cancel': noCancel,
  'wrong-case': wrongCase,
  'no-merge': noMerge,
  'deprecated-message': deprecatedMessage,
  'status-in-progress': inProgress,
  injection,
  'old-host': fixedHost,
  'unchecked-answer': uncheckedAnswer,
  'unquoted-address': unquotedAddress,
  'shell-variable-as-macro': shellVariableAsMacro,
  'installs-tools': installsTools,
};

export const ruleNames: readonly string[] = Object.keys(rules);

/** The known mistakes of a pipeline, in the order of its lines. */
export const mistakesIn = (pipeline: Calls): Mistake[] =>
  Object.entries(rules)
    .flatMap(([rule, find]) => find(pipeline).map((mistake) => ({ rule, ...mistake })))
    .sort((left, right) => left.line - right.line);
