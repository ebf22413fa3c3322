import { join } from "node:path";
import { home, REPOSITORY } from "../../../paths";

/** What the emulator starts instead of a Spark cluster: it fetches the job's real script and runs it on the local Spark. */
export const BOOTSTRAP = join(REPOSITORY, "local", "glue", "run_job.py");

/** Arguments the bootstrap finds the real script and the local installation by; nobody else sees them. */
export const SCRIPT_ARGUMENT = "--x-script-location";
export const STATE_DIR_ARGUMENT = "--x-state-dir";
/** The job's name, which AWS tells every run as `--JOB_NAME`. */
export const NAME_ARGUMENT = "--x-job-name";

/** The folder with the local Spark installation and the bookmarks. */
export const stateDirectory = (): string => home();
