import { type ReadScript } from '../calls.ts';
import { variablesSetIn } from '../read/predefined.ts';
import { type Rule, at, perLine, talking } from './rule.ts';

const setVariable = /##vso\[task\.setvariable\s+([^\]]*)\](.*)/i;

const tokenNotSecret = perLine(
  "Port's token becomes a variable that is not secret: it stands in logs in clear text. The tasks never make it a variable.",
  (line) => {
    const [, properties = '', value = ''] = setVariable.exec(line) ?? [];
    return /token/i.test(properties + value) && !/issecret\s*=\s*true/i.test(properties);
  },
);

/** The agent gives variables to scripts in upper case; another spelling is empty there. */
const wrongCase: Rule = (pipeline) => {
  const set = pipeline.scripts.flatMap(({ script }) => variablesSetIn(script.text));
  const names = [...new Set(set)].filter((name) => /[a-z]/.test(name));
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

/** A field of the form; a run id is Port's own. */
const field = /\$\{\{\s*(?:\w+\(\s*)*parameters\.(?![^}]*run_?id\s*\}\})/i;
const variable = /\$\(([A-Za-z_][\w.]*)\)|\$\{\{\s*variables\.[\w.]+\s*\}\}/g;

const pasted = perLine(
  "What a user typed in Port is pasted into the script: quotes and $(…) in it run as code. Give it to a task's input, or through env to bash or pwsh (not to cmd, which runs what %NAME% holds).",
  (line, { scope, language }) =>
    language !== 'rest' &&
    (field.test(line) || [...line.matchAll(variable)].some(([found]) => field.test(scope.resolve(found)))),
);

/** `%NAME%`, `%NAME:~0,3%`: cmd replaces it before it looks for `&` and quotes. */
const cmdVariable = /%([A-Za-z_][\w.]*)(?::[^%]*)?%/g;

const expandedByCmd = perLine(
  "cmd puts %NAME% into the line before it reads it, also where env gives it: & in what a user typed in Port begins a command. Use pwsh ($env:NAME) or bash, or a task's input.",
  (line, { scope, language }) =>
    language === 'cmd' &&
    [...line.matchAll(cmdVariable)].some(([, name = '']) => field.test(scope.known(name) ?? '')),
);

const injection: Rule = (pipeline) => [...pasted(pipeline), ...expandedByCmd(pipeline)];

const fixedHost = perLine(
  'api.getport.io is the old name of the EU API; organizations in the US are not there at all.',
  (line, { scope }) => /api\.(?:us\.)?getport\.io/.test(scope.resolve(line)),
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

const install =
  /(?:apt-get|apt|apk|yum|dnf|brew|choco|pip3?|npm)\s+(?:-\S+\s+)*(?:install|add)\b.*\b(jq|requests|curl|httpx)\b/;

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
    .some(({ script }) =>
      script.text.split('\n').some((line) => new RegExp(`\\b${tool}\\b`).test(line) && !install.test(line)),
    );

/** Mistakes in how scripts make their calls. */
export const scriptRules: Readonly<Record<string, Rule>> = {
  'token-not-secret': tokenNotSecret,
  'wrong-case': wrongCase,
  injection,
  'old-host': fixedHost,
  'unchecked-answer': uncheckedAnswer,
  'unquoted-address': unquotedAddress,
  'shell-variable-as-macro': shellVariableAsMacro,
  'installs-tools': installsTools,
};
