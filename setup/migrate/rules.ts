import { type PortCall, mentionsPort } from './port-calls.ts';
import type { Script } from './scripts.ts';

/** A known mistake, at a line of the file. */
export interface Mistake {
  readonly rule: string;
  readonly line: number;
  readonly message: string;
}

export interface Pipeline {
  readonly scripts: readonly Script[];
  readonly calls: readonly PortCall[];
}

/** Finds one kind of mistake; its name stands in the table of rules. */
type Rule = (pipeline: Pipeline) => Omit<Mistake, 'rule'>[];

/** A mistake that a line of a script that talks to Port shows by itself. */
function perLine(message: string, isMistaken: (line: string, script: Script) => boolean): Rule {
  return ({ scripts }) =>
    scripts
      .filter(({ text }) => mentionsPort(text))
      .flatMap((script) =>
        script.text
          .split('\n')
          .flatMap((line, index) =>
            isMistaken(line, script) ? [{ line: script.firstLine + index, message }] : [],
          ),
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

const updates = ({ calls }: Pipeline): PortCall[] => calls.filter(({ kind }) => kind === 'updateRun');
const reports = ({ script }: PortCall, status: string): boolean => script.text.includes(status);

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

const namesSet = (scripts: readonly Script[]): string[] =>
  scripts.flatMap(({ text }) =>
    [...text.matchAll(/##vso\[task\.setvariable\s+[^\]]*variable=([\w.]+)/gi)].map(([, name = '']) => name),
  );

/** The agent gives variables to scripts in upper case; another spelling is empty there. */
const wrongCase: Rule = ({ scripts }) => {
  const names = [...new Set(namesSet(scripts))].filter((name) => /[a-z]/.test(name));
  return scripts
    .filter(({ language, text }) => language === 'bash' && mentionsPort(text))
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
          return index < 0 ? [] : [{ line: script.firstLine + index, message }];
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

const isUpdate = ({ text }: Script): boolean => text.includes('/actions/runs/');

const deprecatedMessage = perLine(
  'The key "message" of a run is deprecated; send log lines and a status label.',
  (line, script) => isUpdate(script) && /["']message["']\s*:\s*\{/.test(line),
);

const inProgress = perLine(
  'Port refuses IN_PROGRESS as a status: a run is in progress from its start.',
  (line, script) => isUpdate(script) && /["']?status["']?\s*[:=]\s*["']IN_PROGRESS["']/.test(line),
);

const injection = perLine(
  "What a user typed in Port is pasted into the script: quotes and $(…) in it run as code. Give it through env, or to a task's input.",
  // A run id is Port's own, and in an address at most.
  (line) => /\$\{\{\s*parameters\.(?![^}]*run_?id\s*\}\})/i.test(line),
);

const fixedHost = perLine(
  'api.getport.io is the old name of the EU API; organizations in the US are not there at all.',
  (line) => /api\.(?:us\.)?getport\.io/.test(line),
);

const uncheckedAnswer: Rule = ({ calls }) => {
  const scripts = [...new Set(calls.map(({ script }) => script))];
  return scripts
    .filter(
      ({ language, text }) =>
        language === 'bash' &&
        /\bcurl\b/.test(text) &&
        !/\s(-[a-zA-Z]*f[a-zA-Z]*|--fail(-with-body)?)\b|http_code/.test(text),
    )
    .map(({ text, firstLine }) => ({
      line: firstLine + text.split('\n').findIndex((line) => /\bcurl\b/.test(line)),
      message: 'curl without --fail: the step is green whatever Port answers, and nothing is tried again.',
    }));
};

const unquotedAddress = perLine(
  'The address is not in quotes: the shell ends the command at "&", and what follows it (merge=true) is lost.',
  (line, { language }) => language === 'bash' && /(^|\s)https?:\/\/[^\s"']*&[^\s"']+/.test(line),
);

const shellVariableAsMacro: Rule = ({ scripts }) =>
  scripts
    .filter(({ language, text }) => language === 'bash' && mentionsPort(text))
    .flatMap((script) => {
      const lines = script.text.split('\n');
      const own = [...script.text.matchAll(/^\s*(?:export\s+)?(\w+)=/gm)].map(([, name = '']) => name);
      return own.flatMap((name) => {
        const index = lines.findIndex((line) => line.includes(`$(${name})`));
        const message = `$(${name}) is no shell variable: the agent knows no such variable and sends the text itself. Write $${name}.`;
        return index < 0 ? [] : [{ line: script.firstLine + index, message }];
      });
    });

const installsTools = perLine('A package is installed to talk to Port; the tasks need none.', (line) =>
  /(apt-get|apk|yum|pip3?|npm)\s+(install|add)\b.*\b(jq|requests|curl)\b/.test(line),
);

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
export const mistakesIn = (pipeline: Pipeline): Mistake[] =>
  Object.entries(rules)
    .flatMap(([rule, find]) => find(pipeline).map((mistake) => ({ rule, ...mistake })))
    .sort((left, right) => left.line - right.line);
