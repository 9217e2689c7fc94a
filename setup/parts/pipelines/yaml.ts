import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { decodeText } from '../../../tasks/common/text/decode.ts';
import { startsRuns } from '../../config-definitions.ts';
import { messageOf } from '../../errors.ts';
import { type Json, recordOf, recordsOf, textOf } from '../../json.ts';
import { type FiledPipeline, type Products, isFiled } from '../../products.ts';
import { type Finding, type Part, judged, wrong } from '../part.ts';
import { faultsOfActions, faultsOfEntries } from './webhook-filters.ts';

const read = async (file: string): Promise<Json> => recordOf(parse(decodeText(await readFile(file))));

function entriesOf(yaml: Json, { config }: Products): Json[] {
  const { webhooks } = recordOf(yaml.resources);
  return recordsOf(webhooks).filter(({ connection }) => connection === config.webhook.connection);
}

/** An action that only changes runs needs no entry. */
const startingActions = ({ config }: Products): Json[] => config.port.actions.filter(startsRuns);

/** What the YAML itself has to say, so that the webhook starts it, for its own actions only, and the net finds the run. */
function faultsOfYaml(yaml: Json, name: string, products: Products): string[] {
  const { webhook, net, pipelines } = products.config;
  const actions = startingActions(products);
  const entries = entriesOf(yaml, products);
  const faults =
    entries.length === 0
      ? [`no resources.webhooks entry has connection: ${webhook.connection}`]
      : [
          ...faultsOfEntries(entries, actions),
          ...(pipelines.length === 1 ? faultsOfActions([{ name, entries }], actions) : []),
        ];
  if (net !== undefined && !/\$\(\s*PORT_RUN_ID\s*\)/i.test(textOf(yaml.name))) {
    faults.push('name: does not hold $(PORT_RUN_ID), so the net cannot tell which run ended');
  }
  return faults;
}

async function judgedFile(faults: () => Promise<string[]>): Promise<Finding> {
  try {
    return judged(await faults());
  } catch (error) {
    return wrong(messageOf(error));
  }
}

function yamlPart(products: Products, { name, file, suffix }: FiledPipeline): Part {
  return {
    id: `pipeline/yaml${suffix}`,
    title: `pipeline file ${file}`,
    isAdvice: true,
    fix: 'Put "name: $(Date:yyyyMMdd)$(Rev:.r) $(PORT_RUN_ID)", the webhook resource and its filters into the file; examples/lost-agent-net has all of them.',
    look: () => judgedFile(async () => faultsOfYaml(await read(file), name, products)),
  };
}

/** Which pipeline an action starts shows only where the files of all pipelines are named. */
function actionsPart(products: Products, filed: readonly FiledPipeline[]): Part {
  return {
    id: 'pipeline/actions',
    title: 'pipelines that the actions start',
    isAdvice: true,
    fix: 'Give each action an entry under resources.webhooks in the YAML of its one pipeline, with a filter on port_context.action.',
    look: () =>
      judgedFile(async () => {
        const yamls = await Promise.all(filed.map(({ file }) => read(file)));
        const pipelines = filed.map(({ name }, index) => ({
          name,
          entries: entriesOf(yamls[index] ?? {}, products),
        }));
        return faultsOfActions(pipelines, startingActions(products));
      }),
  };
}

/** The parts that look at the pipelines' YAML files. */
export function yamlParts(products: Products): Part[] {
  const { pipelines } = products;
  const filed = pipelines.filter(isFiled);
  return [
    ...filed.map((pipeline) => yamlPart(products, pipeline)),
    ...(pipelines.length > 1 && filed.length === pipelines.length ? [actionsPart(products, filed)] : []),
  ];
}
