import { parse } from 'yaml';
import { isRecord } from '../../../tasks/common/json.ts';
import { pathOf } from '../../azure/projects.ts';
import { AzureRequestError, SetupError, messageOf } from '../../errors.ts';
import { type Json, textOf } from '../../json.ts';
import { differences } from '../../parts/differences.ts';
import type { Lab } from '../lab.ts';
import { type Answer, type Question, compared, differs, holds, notAsked } from '../question.ts';

/** What Azure DevOps makes of YAML: the value of `SEEN` in a step's `env`, or its words where the YAML does not compile. */
type Compiled = { readonly seen: string } | { readonly refused: string };

/** The first value of a key, however deep. */
function valueOf(key: string, node: unknown): unknown {
  if (!Array.isArray(node) && !isRecord(node)) return undefined;
  if (isRecord(node) && node[key] !== undefined) return node[key];
  return Object.values(node)
    .map((each) => valueOf(key, each))
    .find((each) => each !== undefined);
}

/** Compiles YAML in place of that of the file's first pipeline; nothing runs. @throws AzureRequestError for other answers than 200 and 400 */
async function compile(
  lab: Lab,
  { head, step }: { readonly head: string; readonly step: string },
  templateParameters: Readonly<Record<string, string>> = {},
): Promise<Compiled> {
  const [azure, project, { id }] = [await lab.azure(), await lab.project(), await lab.pipeline()];
  const path = pathOf(project, `pipelines/${id}/preview?api-version=7.1`);
  const yamlOverride = `trigger: none\n${head}steps:\n${step}`;
  const body = { previewRun: true, yamlOverride, templateParameters };
  try {
    const { finalYaml } = await azure.call('POST', path, { does: 'compile a pipeline', body });
    const seen = valueOf('SEEN', parse(textOf(finalYaml)));
    return { seen: typeof seen === 'string' ? seen : '' };
  } catch (error) {
    if (error instanceof AzureRequestError && error.status === 400) return { refused: messageOf(error) };
    throw error;
  }
}

/** A step whose environment shows what an expression gives. */
const showing = (expression: string): string =>
  `  - script: echo\n    env:\n      SEEN: \${{ ${expression} }}\n`;

/** An object parameter in place of the webhook. @param fallback YAML of one line */
const parameter = (fallback = '{}'): string =>
  `parameters:\n  - name: port\n    type: object\n    default: ${fallback}\n`;

/** The webhook of the file. Nobody calls it while a preview compiles. */
const webhook = ({ config }: Lab): string =>
  `resources:\n  webhooks:\n    - webhook: port\n      connection: ${JSON.stringify(config.webhook.connection)}\n`;

const runId = 'parameters.port.port_context.runId';
/** As the examples write it. */
const wholePayload = "replace(convertToJson(parameters.port), '$', '\\u0024')";

/** Then it says nothing of the question: a service connection may not be there. */
const otherwiseRefused = (words: string): Answer =>
  notAsked(`the YAML is refused for another reason: ${words}`);

const trickyPayload: Json = {
  port_context: { runId: 'r_probe', user: null },
  properties: {
    text: 'a "quoted" it\'s \\ $(name)\nof two lines',
    count: 3,
    ratio: 0.5,
    isOn: true,
    none: {},
    nobody: [],
    list: ['a', 1, null, {}],
  },
};

/** In place of each value what it is: `null`, `{}` and nothing at all are the same to `differences`. */
function kindsOf(value: unknown): unknown {
  if (Array.isArray(value)) return ['a list', ...value.map(kindsOf)];
  if (!isRecord(value)) return value === null ? 'null' : typeof value;
  const kinds = Object.entries(value).map(([key, each]) => [key, kindsOf(each)]);
  return { '(kind)': 'an object', ...(Object.fromEntries(kinds) as Json) };
}

function judgePayload(text: string): Answer {
  let came: unknown;
  try {
    came = JSON.parse(text);
  } catch {
    return differs('JSON', `${text.length} characters that are no JSON`);
  }
  const faults = [...differences(kindsOf(trickyPayload), kindsOf(came)), ...differences(trickyPayload, came)];
  return faults.length === 0
    ? holds('texts, numbers, true, null, {} and [] came as they were given')
    : differs('the payload as it was given', faults.slice(0, 5).join('; '));
}

/** What an expression gives in a run that nobody called the webhook for. */
async function withoutPayload(
  lab: Lab,
  expression: string,
  { expected, isFine }: { expected: string; isFine: (seen: string) => boolean },
): Promise<Answer> {
  const compiled = await compile(lab, { head: webhook(lab), step: showing(expression) });
  if ('refused' in compiled)
    return /Key not found/i.test(compiled.refused)
      ? differs(expected, '400: Key not found')
      : otherwiseRefused(compiled.refused);
  const { seen } = compiled;
  return isFine(seen) ? holds(seen === '' ? 'empty text' : seen) : differs(expected, seen.slice(0, 60));
}

const previews = 'previews YAML in place of that of the pipeline, and runs nothing';

/** Questions that a preview of a pipeline answers. */
export const previewQuestions: readonly Question[] = [
  {
    id: 'preview-parameter',
    claim: 'A preview compiles a pipeline that has an object parameter in the place of its webhook',
    matters: '`setup plan` and `doctor` tell by it whether a pipeline compiles ([setup](setup.md))',
    ask: {
      does: previews,
      makes: [],
      ask: async (lab) => {
        const head = parameter("{ port_context: { runId: '{{ .run.id }}' } }");
        const compiled = await compile(lab, { head, step: showing(runId) });
        return 'refused' in compiled
          ? differs('200', compiled.refused)
          : compared('{{ .run.id }}', compiled.seen);
      },
    },
  },
  {
    id: 'payload-json',
    claim:
      '`convertToJson` of a whole payload, with empty objects, empty lists and nulls, gives the same JSON; an object parameter stands for the payload',
    matters:
      'the input `payload`. If it does not work for you, leave it out: the variable `PORT_RUN_ID` is enough for the run id ([run id](run-id.md))',
    ask: {
      does: previews,
      makes: [],
      ask: async (lab) => {
        const given = { port: JSON.stringify(trickyPayload) };
        const compiled = await compile(lab, { head: parameter(), step: showing(wholePayload) }, given);
        return 'refused' in compiled ? differs('200', compiled.refused) : judgePayload(compiled.seen);
      },
    },
  },
  {
    id: 'manual-run',
    claim:
      'In a run that no webhook started, a member of the payload is empty text; a preview stands for such a run',
    matters: '`ifNoRunId`: a run by hand compiles, and its steps find no run id',
    ask: {
      does: previews,
      makes: [],
      ask: (lab) => withoutPayload(lab, runId, { expected: 'empty text', isFine: (seen) => seen === '' }),
    },
  },
  {
    id: 'manual-payload',
    claim:
      'In such a run, `convertToJson` of the whole payload gives no members: empty text, `null`, `""` or `{}`',
    matters: 'the input `payload`, which then counts as not given',
    ask: {
      does: previews,
      makes: [],
      ask: (lab) =>
        withoutPayload(lab, wholePayload, {
          expected: 'empty text, null, "" or {}',
          isFine: (seen) => ['', 'null', '""', '{}'].includes(seen.trim()),
        }),
    },
  },
  {
    id: 'preview-payload',
    claim: 'A preview takes no payload of a webhook: its alias is refused as a parameter',
    matters: 'none; if it took one, `doctor` could do without the parameter in its place',
    ask: {
      does: previews,
      makes: [],
      ask: async (lab) => {
        const given = { port: '{"port_context":{"runId":"r_probe"}}' };
        const compiled = await compile(lab, { head: webhook(lab), step: showing(runId) }, given);
        if ('seen' in compiled)
          return differs('400', `200, with${compiled.seen === 'r_probe' ? '' : 'out'} the payload`);
        return /Unexpected parameter/i.test(compiled.refused)
          ? holds('400: Unexpected parameter')
          : otherwiseRefused(compiled.refused);
      },
    },
  },
  {
    id: 'preview-connection',
    claim: 'Where a preview lacks a service connection, its words are `service connection NAME …`',
    matters: '`doctor` then blames the service connection in place of the YAML',
    ask: {
      does: `${previews}; a step of PortRunStatus names a service connection that is not there`,
      makes: [],
      ask: async (lab) => {
        const name = lab.name('none');
        const step = `  - task: PortRunStatus@1\n    inputs:\n      portConnection: ${name}\n`;
        const compiled = await compile(lab, { head: '', step });
        if ('seen' in compiled) return differs('400', '200');
        if (/task is missing/i.test(compiled.refused))
          throw new SetupError('the extension with the tasks is not installed in the organization');
        return compiled.refused.includes(`service connection ${name} `)
          ? holds('400, with its name')
          : differs('service connection NAME', compiled.refused);
      },
    },
  },
];
