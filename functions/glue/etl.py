"""The script that Glue starts. All that it does is in the package beside it, which Glue gets by `--extra-py-files`."""

from glue.job import main

if __name__ == "__main__":
    main()
