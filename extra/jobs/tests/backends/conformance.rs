//! The backends pass the tests of backends.

mod sqlite {
    use highball_jobs::Sql;

    use crate::places::Folder;

    highball_jobs::backend_conformance!(|| async {
        let folder = Folder::new();
        Some((Sql::new(&folder.pool()), folder))
    });
}

mod memory {
    use highball_db::Pool;
    use highball_jobs::Sql;

    use crate::places::File;

    highball_jobs::backend_conformance!(|| async {
        Some((Sql::new(&Pool::<File>::memory().build()), ()))
    });
}

mod postgres {
    use highball_jobs::Sql;

    use crate::places::Schema;

    highball_jobs::backend_conformance!(|| async {
        let schema = Schema::new().await?;
        Some((Sql::new(&schema.pool()), schema))
    });
}
