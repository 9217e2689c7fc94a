import {
  ACTION_IDENTIFIER,
  anyObject,
  flag,
  mapOf,
  only,
  open,
  text,
  texts,
  valueType,
  word,
  words,
} from './common.ts';
import { ruleSchema } from './search.ts';

const input = open({
  'type*': valueType,
  format: words('date-time url email ipv4 ipv6 yaml entity user team proto markdown multi-line labeled-url'),
  icon: text,
});
const userInputs = only({ 'properties*': mapOf(input), required: texts, order: texts });
const selfService = {
  'type*': word('self-service'),
  blueprintIdentifier: text,
  'userInputs*': userInputs,
};
/** Which entities show the action; its runs are refused for others, if Port looks again. */
const searchCondition = only({
  'type*': word('SEARCH'),
  'rules*': { type: 'array', items: ruleSchema },
  'combinator*': word('and', 'or'),
});
const jqCondition = only({ 'type*': word('JQ'), 'expressions*': texts, combinator: word('and', 'or') });

const event = {
  oneOf: [
    only({
      'type*': word('ENTITY_CREATED', 'ENTITY_UPDATED', 'ENTITY_DELETED', 'ANY_ENTITY_CHANGE'),
      'blueprintIdentifier*': text,
    }),
    only({
      'type*': word('TIMER_PROPERTY_EXPIRED'),
      'blueprintIdentifier*': text,
      'propertyIdentifier*': text,
    }),
    only({ 'type*': word('RUN_CREATED', 'RUN_UPDATED', 'ANY_RUN_CHANGE'), 'actionIdentifier*': text }),
  ],
};

const trigger = {
  oneOf: [
    only({ ...selfService, 'operation*': word('CREATE', 'DAY-2', 'DELETE'), condition: searchCondition }),
    only({ 'type*': word('automation'), 'event*': event, condition: jqCondition }),
  ],
};

const payload = { oneOf: [{ type: 'array' }, anyObject] };
const flagOrTemplate = { oneOf: [flag, text] };
/** The local Port carries out AZURE_DEVOPS and WEBHOOK; runs of the others stay open until they are reported on. */
const invocationMethod = {
  oneOf: [
    only({ 'type*': word('KAFKA'), payload }),
    only({
      'type*': word('WEBHOOK'),
      'url*': text,
      ...{ agent: flagOrTemplate, synchronized: flagOrTemplate, method: text, headers: mapOf(text) },
      body: payload,
    }),
    only({
      'type*': word('INTEGRATION_ACTION'),
      'installationId*': text,
      'integrationActionType*': word('dispatch_workflow', 'trigger_pipeline'),
      'integrationActionExecutionProperties*': anyObject,
    }),
    only({ 'type*': word('AZURE_DEVOPS'), 'webhook*': text, 'org*': text, 'payload*': payload }),
  ],
};

export const actionBody = only({
  'identifier*': { type: 'string', pattern: ACTION_IDENTIFIER },
  ...{ title: text, icon: text, description: text },
  'trigger*': trigger,
  'invocationMethod*': invocationMethod,
  requiredApproval: { oneOf: [flag, only({ 'type*': word('ANY', 'ALL') })] },
  approvalNotification: only({ 'type*': word('email') }),
  publish: flag,
  allowAnyoneToViewRuns: flag,
});

const who = { users: texts, roles: texts, teams: texts };
export const permissionsBody = only({
  execute: only({ ...who, ownedByTeam: flag }),
});

export const secretBody = only({ 'secretName*': text, 'secretValue*': text, description: text });
