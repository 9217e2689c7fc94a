import { type Automation, type AutomationRule, automation } from '../automation.ts';
import { netBlueprintId } from './blueprint.ts';

/** An automation on entities of pipeline runs. */
export const netAutomation = (rule: Omit<AutomationRule, 'blueprint'>): Automation =>
  automation({ ...rule, blueprint: netBlueprintId });
