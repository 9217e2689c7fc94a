import type { TemplateReference } from '../../agent/types.ts';
import type { RequiredTemplate } from '../model.ts';
import type { State } from '../state.ts';

/** One of the templates is enough; the ref has to be the very one, so that a branch of somebody's own does not do. */
export const hasRequiredTemplate = (
  state: State,
  required: readonly RequiredTemplate[],
  extended: readonly TemplateReference[],
): boolean => required.some((wanted) => extended.some((template) => isTemplate(state, wanted, template)));

function isTemplate(state: State, wanted: RequiredTemplate, template: TemplateReference): boolean {
  const { repositoryType, repositoryName, repositoryRef, templatePath } = wanted;
  const name = repositoryName.includes('/') ? repositoryName : `${state.project.name}/${repositoryName}`;
  return (
    repositoryType === template.type &&
    name.toLowerCase() === template.repository.toLowerCase() &&
    repositoryRef === template.ref &&
    templatePath.replace(/^\/?/, '/') === template.path
  );
}
