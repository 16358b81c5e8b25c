/* SPDX-License-Identifier: MIT
 *
 * schema-check SCHEMA FILE: every line of FILE is JSON that the schema allows.  A small part of JSON Schema;
 * a keyword that it does not know is an error, so that nothing is passed over. */
#include <jansson.h>

#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *root;
static char said[400];

static int bad(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static int bad(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(said, sizeof said, fmt, args);
    va_end(args);
    return -1;
}

static int valid(json_t *schema, json_t *value);

static int type_is(const json_t *value, const char *type)
{
    return !strcmp(type, "object")    ? json_is_object(value)
           : !strcmp(type, "array")   ? json_is_array(value)
           : !strcmp(type, "string")  ? json_is_string(value)
           : !strcmp(type, "integer") ? json_is_integer(value)
           : !strcmp(type, "number")  ? json_is_number(value)
           : !strcmp(type, "boolean") ? json_is_boolean(value)
           : !strcmp(type, "null")    ? json_is_null(value)
                                      : 0;
}

static int check_type(json_t *types, json_t *value)
{
    json_t *one;
    size_t i;
    if (json_is_string(types))
        return type_is(value, json_string_value(types)) ? 0 : bad("is no %s", json_string_value(types));
    json_array_foreach(types, i, one) if (type_is(value, json_string_value(one))) return 0;
    return bad("is of no type that is allowed");
}

static int check_pattern(json_t *pattern, json_t *value)
{
    regex_t regex;
    if (!json_is_string(value))
        return 0;
    if (regcomp(&regex, json_string_value(pattern), REG_EXTENDED | REG_NOSUB))
        return bad("the schema's pattern is none: %s", json_string_value(pattern));
    int missed = regexec(&regex, json_string_value(value), 0, NULL, 0);
    regfree(&regex);
    return missed ? bad("'%s' is not like %s", json_string_value(value), json_string_value(pattern)) : 0;
}

static int check_enum(json_t *list, json_t *value)
{
    json_t *one;
    size_t i;
    json_array_foreach(list, i, one) if (json_equal(one, value)) return 0;
    return bad("'%s' is none of those listed", json_is_string(value) ? json_string_value(value) : "it");
}

static int check_one_of(json_t *list, json_t *value)
{
    char first[sizeof said] = "";
    json_t *one;
    size_t i;
    int fitting = 0;
    json_array_foreach(list, i, one)
    {
        if (!valid(one, value))
            fitting++;
        else if (strlen(said) > strlen(first)) /* the deepest reason says most */
            memcpy(first, said, sizeof first);
    }
    return fitting == 1 ? 0 : bad("%d of the alternatives fit: %.300s", fitting, first);
}

static int check_members(json_t *schema, json_t *object)
{
    json_t *properties = json_object_get(schema, "properties"),
           *others = json_object_get(schema, "additionalProperties");
    json_t *names = json_object_get(schema, "propertyNames"), *member, *one;
    const char *key;
    size_t i;
    json_array_foreach(
        json_object_get(schema, "required"), i,
        one) if (!json_object_get(object, json_string_value(one))) return bad("%s is missing",
                                                                              json_string_value(one));
    json_object_foreach(object, key, member)
    {
        json_t *of = json_object_get(properties, key), *name = json_string(key);
        char deeper[300];
        int failed = (names && valid(names, name)) || (of       ? valid(of, member)
                                                       : others ? valid(others, member)
                                                                : 0);
        json_decref(name);
        if (failed) {
            snprintf(deeper, sizeof deeper, "%.299s", said);
            return bad("%s: %s", key, deeper);
        }
    }
    return 0;
}

static int check_items(json_t *schema, json_t *array)
{
    json_t *one;
    size_t i;
    json_array_foreach(array, i, one) if (valid(schema, one)) return -1;
    return 0;
}

static int check_keyword(json_t *schema, const char *keyword, json_t *rule, json_t *value)
{
    static const char *const silent[] = {"$schema",      "$id",      "$defs",      "title",
                                         "description",  "required", "properties", "additionalProperties",
                                         "propertyNames"};
    double number = json_number_value(value);
    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
        if (!strcmp(keyword, silent[i]))
            return 0;
    if (!strcmp(keyword, "$ref"))
        return valid(
            json_object_get(json_object_get(root, "$defs"), json_string_value(rule) + strlen("#/$defs/")),
            value);
    if (!strcmp(keyword, "oneOf"))
        return check_one_of(rule, value);
    if (!strcmp(keyword, "type"))
        return check_type(rule, value);
    if (!strcmp(keyword, "enum"))
        return check_enum(rule, value);
    if (!strcmp(keyword, "const"))
        return json_equal(rule, value) ? 0 : bad("is another value");
    if (!strcmp(keyword, "pattern"))
        return check_pattern(rule, value);
    if (!strcmp(keyword, "minimum"))
        return !json_is_number(value) || number >= json_number_value(rule) ? 0 : bad("is too small");
    if (!strcmp(keyword, "maximum"))
        return !json_is_number(value) || number <= json_number_value(rule) ? 0 : bad("is too large");
    if (!strcmp(keyword, "minLength"))
        return !json_is_string(value) || json_string_length(value) >= (size_t)json_integer_value(rule)
                   ? 0
                   : bad("is too short");
    if (!strcmp(keyword, "minProperties"))
        return json_object_size(value) >= (size_t)json_integer_value(rule) ? 0 : bad("has too few members");
    if (!strcmp(keyword, "items"))
        return check_items(rule, value);
    (void)schema;
    return bad("the schema uses '%s', which is not known here", keyword);
}

static int valid(json_t *schema, json_t *value)
{
    const char *keyword;
    json_t *rule;
    if (!json_is_object(schema))
        return bad("the schema refers to nothing");
    json_object_foreach(schema, keyword, rule) if (check_keyword(schema, keyword, rule, value)) return -1;
    return json_is_object(value) ? check_members(schema, value) : 0;
}

int main(int argc, char **argv)
{
    json_error_t error;
    char *line = NULL;
    size_t cap = 0;
    unsigned long number = 0;
    int failed = 0;
    FILE *in = argc == 3 ? fopen(argv[2], "re") : NULL;
    root = argc == 3 ? json_load_file(argv[1], 0, &error) : NULL;
    if (!in || !root) {
        fprintf(stderr, "schema-check SCHEMA FILE\n");
        return 2;
    }
    for (ssize_t len; !failed && (len = getline(&line, &cap, in)) >= 0;) {
        json_t *value = json_loadb(line, (size_t)len, JSON_REJECT_DUPLICATES, &error);
        number++;
        failed = !value ? bad("no JSON: %s", error.text) : valid(root, value);
        json_decref(value);
    }
    if (failed)
        printf("%s:%lu: %s\n", argv[2], number, said);
    else
        printf("%lu lines\n", number);
    free(line);
    fclose(in);
    json_decref(root);
    return failed || !number;
}
