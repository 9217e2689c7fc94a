import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { messageOf } from '../errors.ts';
import { recordOf, recordsOf, textOf } from '../json.ts';
import type { Products } from '../products.ts';
import { type Finding, type Part, judged } from './part.ts';
import { faultsOfFilters } from './webhook-filters.ts';

/** What the YAML itself has to say, so that the webhook starts it, for its own actions only, and the net finds the run. */
function faultsOfYaml(yaml: unknown, { config }: Products): string[] {
  const root = recordOf(yaml);
  const resources = recordOf(root.resources);
  const entries = recordsOf(resources.webhooks).filter(
    ({ connection }) => connection === config.webhook.connection,
  );
  const faults =
    entries.length === 0
      ? [`no resources.webhooks entry has connection: ${config.webhook.connection}`]
      : faultsOfFilters(entries, config.port.actions);
  if (config.net !== undefined && !/\$\(\s*PORT_RUN_ID\s*\)/i.test(textOf(root.name))) {
    faults.push('name: does not hold $(PORT_RUN_ID), so the net cannot tell which run ended');
  }
  return faults;
}

export function yamlPart(products: Products, file: string): Part {
  return {
    id: 'pipeline/yaml',
    title: `pipeline file ${file}`,
    isAdvice: true,
    fix: 'Put "name: $(Date:yyyyMMdd)$(Rev:.r) $(PORT_RUN_ID)", the webhook resource and its filters into the file; examples/lost-agent-net has all of them.',
    look: async (): Promise<Finding> => {
      try {
        return judged(faultsOfYaml(parse(await readFile(file, 'utf8')), products));
      } catch (error) {
        return { state: 'wrong', details: [messageOf(error)] };
      }
    },
  };
}
