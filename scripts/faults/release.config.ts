// What the processes of the fault table publish: the example, with builds of an earlier run.
import { exampleDefinition } from './definition.ts';
import { onlyPrepared, withPreparedBuilds } from './prepared.ts';

const { FAULTS_BUILDS = '', FAULTS_PREPARE } = process.env;
const definition = exampleDefinition(process.env);
export default FAULTS_PREPARE === undefined
  ? onlyPrepared(definition, FAULTS_BUILDS)
  : withPreparedBuilds(definition, FAULTS_BUILDS);
