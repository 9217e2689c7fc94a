import { findPipeline } from '../azure/projects.ts';
import type { Products } from '../products.ts';
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
