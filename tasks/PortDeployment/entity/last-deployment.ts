import type { Host } from '../../common/agent/host.ts';
import { readPipelineContext } from '../../common/agent/pipeline-context.ts';
import { isRecord } from '../../common/json.ts';
import { type Blueprint, fitValue } from '../../common/port/blueprints.ts';
import type { PortClient } from '../../common/port/client/client.ts';
import type { StoredEntity } from '../../common/port/entities/get-entity.ts';
import { searchEntities } from '../../common/port/entities/search-entities.ts';
import { identifierStart } from '../../common/port/run-identifiers.ts';
import type { Start } from '../contents/start.ts';
import { type Names, type PropertyKey, type RelationKey } from './names.ts';

export interface DeploymentsOf {
  readonly blueprint: Blueprint;
  readonly propertyNames: Names<PropertyKey>;
  readonly relationNames: Names<RelationKey>;
  readonly environment: string;
  readonly service: string | undefined;
}

/** The last deployment is mostly one of the last days: of years of them, no more is read. In ms. */
const recentTime = 30 * 24 * 60 * 60 * 1000;

/**
 * Where the contents of this deployment begin: at the last one of this service in this environment that succeeded, but for those of
 * this very run, which are other legs or attempts of the same. A text says why it cannot be told.
 */
export async function startAfterLast(
  port: PortClient,
  host: Pick<Host, 'variable'>,
  { of, now }: { of: DeploymentsOf; now: number },
): Promise<Start | string> {
  const rules = rulesFor(of);
  if (typeof rules === 'string') return rules;
  const from = new Date(now - recentTime).toISOString();
  const recent = { property: '$createdAt', operator: '>', value: from };
  const last =
    (await findLast(port, host, { of, rules: [...rules, recent] })) ??
    (await findLast(port, host, { of, rules }));
  if (last === undefined) return { kind: 'own' };
  const { buildId, commit } = originOf(last, of, host);
  if (buildId !== undefined) return { kind: 'build', id: buildId };
  if (commit !== undefined) return { kind: 'commit', id: commit };
  return `the last deployment, ${String(last.identifier)}, holds neither the address of its run nor its commit`;
}

function rulesFor({ blueprint, ...of }: DeploymentsOf): readonly object[] | string {
  const { environment, deploymentStatus } = of.propertyNames;
  const { service } = of.relationNames;
  const hasProperty = (name: string | undefined): name is string =>
    name !== undefined && Object.hasOwn(blueprint.properties, name);
  if (!hasProperty(environment) || !hasProperty(deploymentStatus))
    return `blueprint ${blueprint.identifier} has no properties for environment and status, by which the last deployment is found`;
  if (service === undefined || of.service === undefined || !Object.hasOwn(blueprint.relationTargets, service))
    return `blueprint ${blueprint.identifier} has no relation to a service, by which the last deployment is found`;
  const is = (property: string, value: string) => ({
    property,
    operator: '=',
    value: fitValue(value, blueprint.properties[property]),
  });
  return [
    is(environment, of.environment),
    is(deploymentStatus, 'Success'),
    {
      relation: service,
      operator: blueprint.listRelations.includes(service) ? 'contains' : '=',
      value: of.service,
    },
  ];
}

async function findLast(
  port: PortClient,
  host: Pick<Host, 'variable'>,
  { of, rules }: { of: DeploymentsOf; rules: readonly object[] },
): Promise<StoredEntity | undefined> {
  const { blueprint, propertyNames } = of;
  const names = [propertyNames.jobUrl, propertyNames.commitSha, propertyNames.createdAt].flatMap((name) =>
    name !== undefined && Object.hasOwn(blueprint.properties, name) ? [`properties.${name}`] : [],
  );
  const search = {
    blueprint: blueprint.identifier,
    query: { combinator: 'and', rules },
    include: ['identifier', 'createdAt', ...names],
    limit: Infinity,
    // What is not known of the contents must leave time for the deployment itself.
    atMost: port.timeLeft() / 4,
  };
  const ownStart = identifierStart(host);
  const ownBuild = Number(host.variable('Build.BuildId'));
  let last: { readonly entity: StoredEntity; readonly time: number } | undefined;
  for await (const { entities } of searchEntities(port, search)) {
    for (const entity of entities) {
      const isOwn =
        originOf(entity, of, host).buildId === ownBuild ||
        (ownStart !== undefined && String(entity.identifier).startsWith(ownStart));
      const time = timeOf(entity, propertyNames.createdAt);
      if (!isOwn && time > (last?.time ?? -Infinity)) last = { entity, time };
    }
  }
  return last?.entity;
}

/** When it was deployed, as it says itself, else when Port first heard of it. */
function timeOf(entity: StoredEntity, name: string | undefined): number {
  const given = Date.parse(String(propertyOf(entity, name)));
  return Number.isNaN(given) ? Date.parse(String(entity.createdAt)) || 0 : given;
}

/** The build of a run of this project, by the address of its page; and the commit. */
function originOf(
  entity: StoredEntity,
  { propertyNames }: DeploymentsOf,
  host: Pick<Host, 'variable'>,
): { readonly buildId: number | undefined; readonly commit: string | undefined } {
  const url = propertyOf(entity, propertyNames.jobUrl);
  const commit = propertyOf(entity, propertyNames.commitSha);
  const [, ownProject] = /^(.*\/)_/.exec(readPipelineContext(host).url ?? '') ?? [];
  const isOurs = typeof url === 'string' && ownProject !== undefined && url.startsWith(ownProject);
  const id = isOurs ? /[?&]buildId=(\d{1,10})(?:&|$)/.exec(url)?.[1] : undefined;
  return {
    buildId: id === undefined ? undefined : Number(id),
    commit: typeof commit === 'string' && /^[0-9a-f]{7,64}$/i.test(commit) ? commit : undefined,
  };
}

function propertyOf({ properties }: StoredEntity, name: string | undefined): unknown {
  return isRecord(properties) && name !== undefined && Object.hasOwn(properties, name)
    ? properties[name]
    : undefined;
}
