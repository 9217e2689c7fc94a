import { main } from '../common/main.ts';
import { finish } from './post-job.ts';

void main(finish);
