import { readFile } from 'node:fs/promises';
import { isAlias, isMap, parseDocument, visit } from 'yaml';
import { isRecord } from '../../../tasks/common/json.ts';
import { decodeText } from '../../../tasks/common/text/decode.ts';
import { type Pipeline, type Project, pathOf } from '../../azure/projects.ts';
import { AzureRequestError, messageOf } from '../../errors.ts';
import { type Json, recordOf, recordsOf, textOf } from '../../json.ts';
import { textAt, valueOf } from '../../migrate/read/yaml.ts';
import { type FiledPipeline, type LoopPipeline, type Products, isFiled } from '../../products.ts';
import { type Finding, type Part, missing, ok, wrong } from '../part.ts';

/**
 * The security namespace Build and its bit StopBuilds; a token of it is the project's id, the folders and the pipeline's
 * id with slashes between (learn.microsoft.com, azure/devops/organizations/security/namespace-reference).
 */
const buildNamespace = '33344d9c-fc72-4d6f-aba5-fa317101a7e9';
const stopBuilds = 512;

/** The token of a pipeline in that namespace. @param folder such as `\\team\\apps`, `\\` for the root */
export const securityToken = (projectId: string, folder: string, pipelineId: number): string =>
  [projectId, ...folder.split('\\').filter((name) => name !== ''), pipelineId].join('/');

/** Whether a step of PortRunStatus has `cancelWithPort: true`, or a value that only a run has, such as a parameter. */
export function cancelsWithPort(yaml: string): boolean {
  let isFound = false;
  visit(parseDocument(yaml), {
    Map: (_key, step) => {
      if (!/^PortRunStatus@/i.test(textAt(step, 'task').replace(/^.*\./, ''))) return undefined;
      const inputs = valueOf(step, 'inputs');
      if (isAlias(inputs)) return undefined;
      const wanted = isMap(inputs) ? textAt(inputs, 'cancelWithPort').trim() : '';
      isFound ||= /^true$/i.test(wanted) || /\$[({[]/.test(wanted);
      return isFound ? visit.BREAK : undefined;
    },
  });
  return isFound;
}

const where =
  'In Azure DevOps: Pipelines > the pipeline > ... > Manage security > the build service > Stop builds.';

/** `unknown`, in words: what was not seen is not guessed. */
const unseen = (why: string): Finding => ({
  state: 'unknown',
  details: [`could not be seen: ${why}. ${where}`],
});

type Place = Pick<Products, 'azure'>;

/** Whose token the pipeline's jobs have, where it is the project's own account: the other one's id is told by no such call. */
export async function isOfProject(place: Place, project: Project, definition: Json): Promise<boolean> {
  if (definition.jobAuthorizationScope === 'project') return true;
  const azure = await place.azure();
  const path = pathOf(project, 'build/generalsettings?api-version=7.1');
  const settings = await azure.call('GET', path, { does: "read the project's settings of pipelines" });
  return settings.enforceJobAuthScope === true;
}

/** What an answer tells of the one account that it was asked for, groups and inheritance counted; undefined for nothing. */
export function grantIn(answer: Json): Json | undefined {
  const [list] = recordsOf(answer.value);
  const [entry] = Object.values(recordOf(list?.acesDictionary));
  const { extendedInfo } = recordOf(entry);
  return isRecord(extendedInfo) ? extendedInfo : undefined;
}

/** What the project's own account may do with a pipeline; undefined where nothing is told. */
export async function grantOf(place: Place, project: Project, definition: Json): Promise<Json | undefined> {
  const azure = await place.azure();
  const { instanceId } = await azure.call('GET', '/_apis/connectionData?api-version=7.1-preview.1', {
    does: 'read the id of the organization',
  });
  const descriptor = `Microsoft.TeamFoundation.ServiceIdentity;${textOf(instanceId)}:Build:${project.id}`;
  const query = new URLSearchParams({
    token: securityToken(project.id, textOf(definition.path), Number(definition.id)),
    descriptors: descriptor,
    includeExtendedInfo: 'true',
    'api-version': '7.1',
  });
  const path = `/_apis/accesscontrollists/${buildNamespace}?${query.toString()}`;
  return grantIn(await azure.call('GET', path, { does: "read the pipeline's permissions" }));
}

/** Members that are 0 are left out of the answer. */
const holds = (mask: unknown): boolean => typeof mask === 'number' && (mask & stopBuilds) !== 0;

/** The pipeline as it is defined. */
export async function readDefinition(
  place: Place,
  project: Project,
  { id }: Pick<Pipeline, 'id'>,
): Promise<Json> {
  const path = pathOf(project, `build/definitions/${id}?api-version=7.1`);
  return (await place.azure()).call('GET', path, { does: 'read the pipeline' });
}

async function lookAtGrant(products: Products, { get }: LoopPipeline): Promise<Finding> {
  const project = await products.project();
  const definition = await readDefinition(products, project, await get());
  if (!(await isOfProject(products, project, definition)))
    return unseen(
      "the jobs act as Project Collection Build Service, the account of all projects, whose permissions are not read here; 'Limit job authorization scope to current project' makes them act as the project's own",
    );
  const grant = await grantOf(products, project, definition);
  const who = `${project.name} Build Service`;
  if (grant === undefined) return unseen(`Azure DevOps tells nothing of ${who}`);
  if (holds(grant.effectiveDeny)) return wrong(`it is denied to ${who}`);
  return holds(grant.effectiveAllow) ? ok(`of ${who}`) : missing(`it is not granted to ${who}`);
}

function stopBuildsPart(products: Products, pipeline: FiledPipeline): Part {
  return {
    id: `azure/stop-builds${pipeline.suffix}`,
    title: `permission Stop builds of the build identity, for ${pipeline.name}`,
    isAdvice: true,
    fix: `Without it, cancelWithPort cannot cancel the pipeline run. ${where} Allow.`,
    look: async () => {
      try {
        return await lookAtGrant(products, pipeline);
      } catch (error) {
        // 401 too: some routes refuse a token without their scope so, which the other parts have used by now.
        if (error instanceof AzureRequestError && [401, 403, 404].includes(error.status))
          return unseen(messageOf(error).replace(/\.$/, ''));
        throw error;
      }
    },
  };
}

async function needsIt({ file }: FiledPipeline): Promise<boolean> {
  try {
    return cancelsWithPort(decodeText(await readFile(file)));
  } catch {
    return false; // The part of the file says why it cannot be read.
  }
}

/** For pipelines that cancel themselves when their run is ended in Port. */
export async function stopBuildsParts(products: Products): Promise<Part[]> {
  const filed = products.pipelines.filter(isFiled);
  const needed = await Promise.all(filed.map(needsIt));
  return filed
    .filter((_pipeline, index) => needed[index])
    .map((pipeline) => stopBuildsPart(products, pipeline));
}
