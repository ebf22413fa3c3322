import { isTrue, requires } from "../../predicates";
import { INSTANCE } from "./migrations";

export default requires(
  INSTANCE,
  "autoMinorVersionUpgrade",
  isTrue,
  "fixes of the replication engine must come by themselves",
);
