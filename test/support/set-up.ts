import { afterAll, afterEach } from '@jest/globals';
import { endOfFile, endOfTest } from './at-end.ts';

afterEach(endOfTest);
afterAll(endOfFile);
