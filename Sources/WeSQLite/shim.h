#pragma once
#include <math.h>
#include <sqlite3.h>

/// Swift cannot import the macro, a cast of -1 to a function pointer.
static inline sqlite3_destructor_type we_sqlite_transient(void) { return SQLITE_TRANSIENT; }

/// Swift cannot import variadic functions: this is sqlite3_db_config for an int option.
static inline int we_sqlite_db_config_int(sqlite3 *db, int option, int value) {
    return sqlite3_db_config(db, option, value, (int *)0);
}

/// What FTS5 is extended through, or NULL: a pointer is passed by the address of a literal
/// (https://www.sqlite.org/fts5.html#extending_fts5).
static inline fts5_api *we_sqlite_fts5_api(sqlite3 *db) {
    fts5_api *api = 0;
    sqlite3_stmt *statement = 0;
    if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, 0) == SQLITE_OK) {
        sqlite3_bind_pointer(statement, 1, (void *)&api, "fts5_api_ptr", 0);
        sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
    return api;
}

/// The natural logarithm, which Swift has only in a platform's own libraries.
static inline double we_log(double value) { return log(value); }
