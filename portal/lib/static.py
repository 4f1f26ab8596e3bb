"""Static files under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStorage(CompressedManifestStaticFilesStorage):
    """Packed files with hashed names, where script modules name each other by those names too."""

    support_js_module_import_aggregation = True
