import type { ServiceEndpoint } from 'azure-devops-node-api/interfaces/ServiceEndpointInterfaces.js';
import type { Products } from '../../products.ts';

/** The connection of that name in the project. */
export async function findConnection(products: Products, name: string): Promise<ServiceEndpoint | undefined> {
  const [azure, project] = [await products.azure(), await products.project()];
  const found = await azure.ask(`look for the service connection "${name}"`, async (api) =>
    (await api.getServiceEndpointApi()).getServiceEndpointsByNames(
      project.id,
      [name],
      undefined,
      undefined,
      undefined,
      true,
    ),
  );
  return found[0];
}
