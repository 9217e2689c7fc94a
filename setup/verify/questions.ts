import { connectionQuestions } from './azure/connections.ts';
import { eventQuestions } from './azure/events.ts';
import { hookQuestions } from './azure/hooks.ts';
import { previewQuestions } from './azure/previews.ts';
import { azureRunQuestions } from './azure/runs.ts';
import { signInQuestions } from './azure/sign-in.ts';
import { byHandQuestions } from './by-hand.ts';
import { pipelineQuestions } from './pipeline/questions.ts';
import { accountQuestions } from './port/accounts.ts';
import { automationQuestions } from './port/automations.ts';
import { entityQuestions } from './port/entities.ts';
import { ingestQuestions } from './port/ingest.ts';
import { runQuestions } from './port/runs.ts';
import { scorecardQuestions } from './port/scorecards.ts';
import { startQuestions } from './port/starts.ts';
import { workflowQuestions } from './port/workflows.ts';
import type { Question } from './question.ts';

/** All that documents leave open, in the order in which it is asked and documented. */
export const questions: readonly Question[] = [
  ...runQuestions,
  ...startQuestions,
  ...entityQuestions,
  ...scorecardQuestions,
  ...accountQuestions,
  ...ingestQuestions,
  ...automationQuestions,
  ...workflowQuestions,
  ...previewQuestions,
  ...signInQuestions,
  ...connectionQuestions,
  ...hookQuestions,
  ...eventQuestions,
  ...azureRunQuestions,
  ...pipelineQuestions,
  ...byHandQuestions,
];
