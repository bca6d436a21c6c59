//! The backends pass the tests of backends.

mod sqlite {
    use highball_faults::Folder;
    use highball_jobs::Sql;

    use crate::places::file;

    highball_jobs::backend_conformance!(|| async {
        let folder = Folder::new();
        Some((Sql::new(&file(&folder)), folder))
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
    use highball_faults::Schema;
    use highball_jobs::Sql;

    use crate::places::postgres;

    highball_jobs::backend_conformance!(|| async {
        let schema = Schema::new().await?;
        Some((Sql::new(&postgres(&schema)), schema))
    });
}
