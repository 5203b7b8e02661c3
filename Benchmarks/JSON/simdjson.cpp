// simdjson PAGE ROUNDS: prints the microseconds of one record, ten fields of it found and nothing converted.
#include <simdjson.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iterator>

int main(int, char** arguments) {
    const char* names[] = {"student_id",        "section_id",  "school_id",     "attendance_date", "attendance_type",
                           "attendance_status", "excuse_code", "last_modified", "created",         "sis_id"};
    auto body = simdjson::padded_string::load(arguments[1]).value();
    simdjson::ondemand::parser parser;
    size_t records = 0, found = 0;
    auto started = std::chrono::steady_clock::now();
    for (int round = 0; round < atoi(arguments[2]); round++) {
        // They come from libcurl without the padding that simdjson wants, so they have to be copied.
        simdjson::padded_string copy(body.data(), body.size());
        auto page = parser.iterate(copy);
        for (auto record : page["data"]) {
            records++;
            for (auto field : record.get_object()) {
                std::string_view key = field.unescaped_key(), text;
                for (auto name : names) {
                    if (key != name) continue;
                    if (!field.value().get(text)) found += text.size();
                    break;
                }
            }
        }
    }
    std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - started;
    fprintf(stderr, "%zu bytes found\n", found);
    printf("%f\n", took.count() / records);
}
