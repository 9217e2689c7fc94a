import type { LoopPipeline, Products } from '../products.ts';
import { type Part, missing, ok } from './part.ts';

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
    ...products.pipelines.map(pipelinePart),
  ];
}

function pipelinePart({ name, suffix, find }: LoopPipeline): Part {
  return {
    id: `azure/pipeline${suffix}`,
    title: `pipeline ${name} in Azure DevOps`,
    fix: 'Create the pipeline from your YAML file in Azure DevOps (Pipelines > New pipeline), and run it once by hand.',
    look: async () => ((await find()) === undefined ? missing() : ok()),
  };
}

/** The last step of all, and one for a person: queueing a run is no business of a setup. */
export function firstRunPart({ name, suffix, get }: LoopPipeline): Part {
  return {
    id: `azure/first-run${suffix}`,
    title: `first run of pipeline ${name}`,
    isAdvice: true,
    fix: `Run it once by hand (Pipelines > ${name} > Run pipeline): Azure DevOps starts no pipeline by webhook before that.`,
    look: async () => ((await get()).hasRun ? ok() : missing()),
  };
}
