# The static preset: one static-pie executable from Debian's archives, that runs where nothing is
# installed. libarchive's readers are chosen by name in the code, so -lcrypto -lz -lzstd are all that it
# needs; its "all formats" call would draw in libxml2, ICU and 30 MB.
if(NOT DRYDOCK_STATIC)
    return()
endif()

set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
set(OPENSSL_USE_STATIC_LIBS ON)
set(ZLIB_USE_STATIC_LIBS ON)
set(Boost_USE_STATIC_LIBS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
add_compile_options(-ffunction-sections -fdata-sections)
# The linker warns about getaddrinfo and dlopen in libcrypto; nothing here leads to them.
add_link_options(-static-pie -Wl,--gc-sections)
