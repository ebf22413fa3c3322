import { atLeast, requires } from "../../predicates";

export default requires(
  "aws:kms/key:Key",
  "deletionWindowInDays",
  atLeast(30),
  "less than 30 days to notice a wrong deletion",
);
