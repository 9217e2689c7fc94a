import { isNotFound } from '../../../tasks/common/port/entities/get-entity.ts';
import { approvalStatuses, approversOf, findEnvironment } from '../../azure/environments.ts';
import type { Approvals } from '../../config.ts';
import { recordOf, recordsOf, textOf } from '../../json.ts';
import type { Products } from '../../products.ts';
import { lastExecution } from '../history.ts';
import { lookAtDelivery } from '../ingest.ts';
import { type Finding, type Part, missing, ok, wrong } from '../part.ts';
import { approvalActions } from './actions.ts';
import { approvalTargets } from './approval-parts.ts';
import { pendingQuery } from './definitions.ts';
import { approvalHookPart, findApprovalHook } from './hooks.ts';
import { approvalBlueprintId } from './mapping.ts';

/**
 * What approvals need that setup does not make, and what became of the last ones. For `doctor` alone: it needs the scope of
 * environments, of which Azure DevOps has none that only reads.
 */
export function approvalReadiness(products: Products): Part[] {
  const { approvals } = products.config;
  if (approvals === undefined) return [];
  return [
    ...approvals.environments.map((name) => environmentPart(products, name, approvals)),
    secretPart(products, approvals),
    ...deliveryParts(products, approvals),
    ...approvalActions.map(({ identifier }) => lastExecution(products, identifier, tokenFix(approvals))),
    pendingPart(products),
  ];
}

function environmentPart(products: Products, name: string, { secret }: Approvals): Part {
  return {
    id: `azure/environment/${name}`,
    title: `environment ${name} in Azure DevOps`,
    fix: `Give the environment ${name} an approval check (Pipelines > Environments > ${name} > Approvals and checks). The first run that deploys to an environment makes it, and has to be permitted once.`,
    look: async () => {
      const [azure, project] = [await products.azure(), await products.project()];
      const id = await findEnvironment(azure, project, name);
      if (id === undefined) return missing();
      const approvers = await approversOf(azure, project, id);
      if (approvers === undefined) return wrong('it has no approval check, so that no stage waits for it');
      return ok(
        `approvers: ${approvers.join(', ') || 'not told'}; the token in Port's secret ${secret} has to be of one of them, or of a member of a group among them`,
      );
    },
  };
}

const tokenFix = ({ secret }: Approvals): string =>
  `Put an approver's personal access token of this organization, with the scopes vso.build_execute and vso.pipelineresources_use, as base64 of ":TOKEN" into Port (... > Credentials > Secrets), under the name ${secret}.`;

/** Port never tells a secret, so that only its name can be looked at. */
function secretPart(products: Products, approvals: Approvals): Part {
  const { secret } = approvals;
  return {
    id: `port/secret/${secret}`,
    title: `secret ${secret} in Port`,
    fix: tokenFix(approvals),
    look: async () => {
      try {
        await (await products.port()).call('getSecret', { parameters: { secret } });
      } catch (error) {
        if (isNotFound(error)) return missing();
        throw error;
      }
      return ok('whose token it holds, and whether that is still valid, Port does not tell');
    },
  };
}

function deliveryParts(products: Products, approvals: Approvals): Part[] {
  return approvalTargets(products, approvals).map((target) => {
    const { id, title } = approvalHookPart(products, target);
    return {
      id: id.replace(/^azure/, 'history'),
      title: `last event of the ${title.replace(/ to Port in Azure DevOps$/, '')}`,
      look: async () => (await lookAtDelivery(products, await findApprovalHook(products, target))).finding,
    };
  });
}

/** An end whose event was lost stays pending in Port. Nothing happens by it: Azure DevOps takes no second word. */
function pendingPart(products: Products): Part {
  return {
    id: 'history/approvals',
    title: 'approvals that Port shows as pending',
    fix: `Delete these entities of ${approvalBlueprintId} in Port: the events of their ends did not arrive.`,
    look: async () => {
      try {
        return await lookAtPending(products);
      } catch (error) {
        if (isNotFound(error)) return ok('there is no blueprint yet');
        throw error;
      }
    },
  };
}

async function lookAtPending(products: Products): Promise<Finding> {
  const [port, project] = [await products.port(), await products.project()];
  const { entities } = await port.call('searchEntities', {
    parameters: { blueprint: approvalBlueprintId },
    body: { query: pendingQuery, limit: 50 },
  });
  const ids = recordsOf(entities)
    .filter(({ properties }) => textOf(recordOf(properties).projectId) === project.id)
    .map(({ identifier }) => textOf(identifier));
  if (ids.length === 0) return ok('none');
  const statuses = await approvalStatuses(await products.azure(), project, ids);
  const over = ids.filter((id) => statuses.get(id) !== 'pending');
  if (over.length === 0) return ok(`${ids.length}, in Azure DevOps too`);
  return wrong(...over.map((id) => `${id} is ${statuses.get(id) ?? 'gone'} in Azure DevOps`));
}
