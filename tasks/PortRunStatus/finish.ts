import { main } from '../common/main.ts';
import { finish } from './post-job.ts';

// Reporting must not stop a deployment.
void main(finish, 'warn');
