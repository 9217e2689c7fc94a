import { type Project, pathOf } from '../../azure/projects.ts';
import { SetupError } from '../../errors.ts';
import type { LoopPipeline, Products } from '../../products.ts';
import { type Finding, type Part, missing, ok } from '../part.ts';
import { findConnection } from './find-connection.ts';

const permissionPath = (project: Project, id: string): string =>
  pathOf(
    project,
    `pipelines/pipelinePermissions/endpoint/${encodeURIComponent(id)}?api-version=7.1-preview.1`,
  );

interface Authorization {
  readonly allPipelines?: { readonly authorized?: boolean };
  readonly pipelines?: readonly { readonly id?: number; readonly authorized?: boolean }[];
}

/** Who may use the connection; undefined where there is none of that name. */
async function readAuthorization(products: Products, name: string): Promise<Authorization | undefined> {
  const connection = await findConnection(products, name);
  if (connection?.id === undefined) return undefined;
  const [azure, project] = [await products.azure(), await products.project()];
  return azure.call('GET', permissionPath(project, connection.id), { does: `read who may use "${name}"` });
}

const mayUse = ({ pipelines = [] }: Authorization, pipelineId: number): boolean =>
  pipelines.some(({ id, authorized }) => id === pipelineId && authorized === true);

/** The ids of other pipelines than the loop's that may use the connection, `all` where every one may. */
export async function otherUsersOf(products: Products, name: string): Promise<string[]> {
  const { allPipelines, pipelines = [] } = (await readAuthorization(products, name)) ?? {};
  const own = await Promise.all(products.pipelines.map(async ({ get }) => (await get()).id));
  const others = pipelines.filter(({ id = 0, authorized }) => authorized === true && !own.includes(id));
  return [...(allPipelines?.authorized === true ? ['all'] : []), ...others.map(({ id }) => String(id))];
}

async function lookAtPermission(products: Products, name: string, pipeline: LoopPipeline): Promise<Finding> {
  const answer = await readAuthorization(products, name);
  if (answer === undefined) return missing('the service connection does not exist yet');
  if (answer.allPipelines?.authorized === true) return ok('open to all pipelines');
  return mayUse(answer, (await pipeline.get()).id) ? ok() : missing();
}

async function authorize(
  products: Products,
  name: string,
  { pipeline, authorized }: { pipeline: LoopPipeline; authorized: boolean },
): Promise<void> {
  const connection = await findConnection(products, name);
  if (connection?.id === undefined) throw new SetupError(`There is no service connection "${name}".`);
  const [azure, project, { id }] = [await products.azure(), await products.project(), await pipeline.get()];
  const body = { pipelines: [{ id, authorized }] };
  const does = `${authorized ? 'let' : 'no longer let'} the pipeline use "${name}"`;
  await azure.call('PATCH', permissionPath(project, connection.id), { does, body });
}

/** That this pipeline, and no other, may use the connection without being asked. */
export function authorizationPart(products: Products, name: string, pipeline: LoopPipeline): Part {
  return {
    id: `azure/authorization/${name}${pipeline.suffix}`,
    title: `authorization of pipeline ${pipeline.name} for ${name}`,
    look: () => lookAtPermission(products, name, pipeline),
    apply: () => authorize(products, name, { pipeline, authorized: true }),
    removal: {
      obstacle: async () => {
        const { allPipelines } = (await readAuthorization(products, name)) ?? {};
        return allPipelines?.authorized === true
          ? 'the service connection is open to all pipelines'
          : undefined;
      },
      run: () => authorize(products, name, { pipeline, authorized: false }),
    },
  };
}
