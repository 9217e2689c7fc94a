import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { findPipeline } from '../azure/projects.ts';
import { messageOf } from '../errors.ts';
import { recordOf, recordsOf, textOf } from '../json.ts';
import type { Products } from '../products.ts';
import { type Finding, type Part, judged, missing, ok } from './part.ts';

/** Both sign-ins and what must be there before anything can be made. */
export function foundationParts(products: Products): Part[] {
  const { config } = products;
  return [
    {
      id: 'azure/sign-in',
      title: `sign-in to ${config.organizationUrl}`,
      isFoundation: true,
      look: async () => ok(`as ${await products.user()}, with ${(await products.azure()).source}`),
    },
    {
      id: 'port/sign-in',
      title: 'sign-in to Port',
      isFoundation: true,
      look: async () => {
        const port = await products.port();
        // Any read needs the token; this one needs the right that the blueprints' parts need too.
        await port.call('listBlueprints', {});
        return ok(port.connection.apiUrl);
      },
    },
    {
      id: 'azure/project',
      title: `project ${config.project} in Azure DevOps`,
      isFoundation: true,
      look: async () => {
        await products.project();
        return ok();
      },
    },
    pipelinePart(products),
  ];
}

function pipelinePart(products: Products): Part {
  return {
    id: 'azure/pipeline',
    title: `pipeline ${products.config.pipeline} in Azure DevOps`,
    fix: 'Create the pipeline from your YAML file in Azure DevOps (Pipelines > New pipeline), and run it once by hand.',
    look: async () => {
      const [azure, project] = [await products.azure(), await products.project()];
      const pipeline = await findPipeline(azure, project, products.config.pipeline);
      if (pipeline === undefined) return missing();
      const path = `/${encodeURIComponent(project.name)}/_apis/build/builds?definitions=${pipeline.id}&$top=1&api-version=7.1`;
      const { count } = await azure.call('GET', path, { does: 'look for runs of the pipeline' });
      return count === 0 ? ok('it has no run yet: run it once by hand, or no webhook starts it') : ok();
    },
  };
}

/** What the YAML itself has to say, so that the webhook starts it and the net finds the run. */
function faultsOfYaml(yaml: unknown, { config }: Products): string[] {
  const root = recordOf(yaml);
  const resources = recordOf(root.resources);
  const webhooks = recordsOf(resources.webhooks);
  const faults: string[] = [];
  if (!webhooks.some((each) => each.connection === config.webhook.connection)) {
    faults.push(`no resources.webhooks entry has connection: ${config.webhook.connection}`);
  }
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
    fix: 'Put "name: $(Date:yyyyMMdd)$(Rev:.r) $(PORT_RUN_ID)" and the webhook resource into the file; examples/lost-agent-net has both.',
    look: async (): Promise<Finding> => {
      try {
        return judged(faultsOfYaml(parse(await readFile(file, 'utf8')), products));
      } catch (error) {
        return { state: 'wrong', details: [messageOf(error)] };
      }
    },
  };
}
